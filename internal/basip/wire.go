package basip

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// words finds what a panel says in an answer that is not a success: the error
// as a string, as true, or as an object with code and message (contract §1.3). It
// is fit for a message once it is redacted and printable.
func words(body []byte) string {
	var answer struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return string(body)
	}
	var text string
	if json.Unmarshal(answer.Error, &text) == nil {
		return text
	}
	var object struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if json.Unmarshal(answer.Error, &object) == nil && (object.Code != "" || object.Message != "") {
		return strings.TrimPrefix(strings.TrimSuffix(object.Code+": "+object.Message, ": "), ": ")
	}
	if answer.Message != "" {
		return answer.Message
	}
	return string(body)
}

// excerpt makes the beginning of an unexpected body fit for a message.
func excerpt(body []byte) string { return printable.Text(string(body)) }

// codes is a per-item outcome: a string, a list of strings, or several codes in
// one string (contract §2.4).
type codes []string

// UnmarshalJSON implements json.Unmarshaler.
func (c *codes) UnmarshalJSON(data []byte) error {
	var list []string
	var one string
	switch {
	case json.Unmarshal(data, &one) == nil:
		list = []string{one}
	default: // an outcome of yet another form stays empty, which is not a good one
		_ = json.Unmarshal(data, &list)
	}
	*c = nil
	for _, text := range list {
		*c = append(*c, strings.FieldsFunc(text, func(r rune) bool {
			return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})...)
	}
	return nil
}

func (c codes) String() string { return excerpt([]byte(strings.Join(c, ", "))) }

// linkID reads a link_id: null, missing and forms other than a UUID (they are
// some other system's) are uuid.Nil.
func linkID(text *string) uuid.UUID {
	if text == nil {
		return uuid.Nil
	}
	id, err := uuid.Parse(strings.TrimSpace(*text))
	if err != nil {
		return uuid.Nil
	}
	return id
}
