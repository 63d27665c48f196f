package isc

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// said is what an answer that is not a success says (contract §2.6).
type said struct {
	detailCode string
	trackingID string
	words      string
}

// maxWords is how many texts of an answer go into a message.
const maxWords = 5

// hear finds it: the error object, {"error": …} of a refused token,
// {"message": …} of the rate limit, or the text of what stands before the tenant.
// clean makes each text fit for a message.
func hear(body []byte, clean func(string) string) said {
	fields, err := looseObject(body)
	if err != nil || fields == nil {
		return said{words: clean(pageTitle(body))}
	}
	text := func(key string) string {
		text, _ := looseString(fields[key])
		return clean(text)
	}
	s := said{detailCode: text("detailCode"), trackingID: text("trackingId")}
	var texts []string
	add := func(text string) {
		if text = clean(text); text != "" && len(texts) < maxWords && !slices.Contains(texts, text) {
			texts = append(texts, text) // causes like to repeat the messages
		}
	}
	for _, key := range []string{"messages", "causes"} {
		list, _ := looseList(fields[key])
		for _, item := range list {
			var message struct {
				Text string `json:"text"`
			}
			if json.Unmarshal(item, &message) == nil {
				add(message.Text)
			}
		}
	}
	for _, key := range []string{"error", "error_description", "message"} {
		add(text(key))
	}
	s.words = strings.Join(texts, "; ")
	if s.words == "" && s.detailCode == "" {
		s.words = clean(string(body))
	}
	return s
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageTitle is the title of a web page, or else the whole text.
func pageTitle(body []byte) string {
	if found := title.FindSubmatch(body); len(found) == 2 && len(bytes.TrimSpace(found[1])) > 0 {
		return string(found[1])
	}
	return string(body)
}

// excerpt makes the beginning of an unexpected text fit for a message.
func excerpt(text []byte) string { return printable.Text(string(text)) }
