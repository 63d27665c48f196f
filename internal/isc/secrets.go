package isc

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// redact takes out of a text what repeats a request's secrets, in every spelling.
func (c *Client) redact(text []byte, token string) []byte {
	return []byte(withoutSecrets(string(text), c.session.secret, token))
}

// clean makes a text of an answer fit for a message.
func (c *Client) clean(text, token string) string {
	return printable.Text(withoutSecrets(text, c.session.secret, token))
}

// withoutSecrets puts a note in place of each secret.
func withoutSecrets(text string, secrets ...string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		var b strings.Builder
		rest := text
		for rest != "" {
			if n := spelled(rest, secret); n > 0 {
				b.WriteString("[secret]")
				rest = rest[n:]
				continue
			}
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
		text = b.String()
	}
	return text
}

// spelled returns how long the spelling of a secret is that a text begins with, 0 if
// it does not. Each character may be written in another way: as itself, escaped as in
// JSON, in a URL or in HTML, also more than once.
func spelled(text, secret string) int {
	r, size := utf8.DecodeRuneInString(secret)
	if text == "" || text[0] != secret[0] && !strings.ContainsRune(`\%&+`, rune(text[0])) {
		return 0
	}
	for _, spelling := range spellings() {
		n := spelling(text, secret[:size], r)
		switch {
		case n == 0:
		case size == len(secret):
			return n
		default:
			if more := spelled(text[n:], secret[size:]); more > 0 {
				return n + more
			}
		}
	}
	return 0
}

// spelling returns how much of a text is the spelling of a
// character, 0 for none.
type spelling func(text, char string, r rune) int

func spellings() []spelling {
	return []spelling{asIs, escaped, inJSON, inURL(""), inURL("25"), inURL("2525"), plus, inHTML}
}

func asIs(text, char string, _ rune) int {
	if strings.HasPrefix(text, char) {
		return len(char)
	}
	return 0
}

func escaped(text, char string, _ rune) int {
	rest := strings.TrimLeft(text, `\`)
	if len(rest) < len(text) && strings.HasPrefix(rest, char) {
		return len(text) - len(rest) + len(char)
	}
	return 0
}

func inJSON(text, _ string, r rune) int {
	rest := strings.TrimLeft(text, `\`)
	if len(rest) == len(text) || len(rest) < 5 || rest[0] != 'u' {
		return 0
	}
	if code, err := strconv.ParseUint(rest[1:5], 16, 32); err != nil || rune(code) != r { //nolint:gosec // four hexadecimal digits
		return 0
	}
	return len(text) - len(rest) + 5
}

// inURL is the spelling in a URL that was escaped again and again, each time with
// another 25 for the percent sign.
func inURL(again string) spelling {
	return func(text, char string, _ rune) int {
		rest := text
		for i := range len(char) {
			digits, found := strings.CutPrefix(rest, "%"+again)
			if !found || !matchesHex(digits, char[i]) {
				return 0
			}
			rest = digits[2:]
		}
		return len(text) - len(rest)
	}
}

// plus is that of a blank in a query.
func plus(text, _ string, r rune) int {
	if r != ' ' {
		return 0
	}
	for _, sign := range []string{"+", "%2B", "%2b", "%252B", "%252b"} {
		if strings.HasPrefix(text, sign) {
			return len(sign)
		}
	}
	return 0
}

func matchesHex(text string, b byte) bool {
	if len(text) < 2 {
		return false
	}
	code, err := strconv.ParseUint(text[:2], 16, 8)
	return err == nil && byte(code) == b
}

func inHTML(text, _ string, r rune) int {
	rest, found := strings.CutPrefix(text, "&")
	if !found {
		return 0
	}
	for strings.HasPrefix(rest, "amp;") { // escaped more than once
		rest = rest[len("amp;"):]
		if r == '&' && !strings.HasPrefix(rest, "amp;") {
			return len(text) - len(rest)
		}
	}
	name, _, found := strings.Cut(rest[:min(len(rest), 12)], ";")
	if !found {
		return 0
	}
	length := len(text) - len(rest) + len(name) + 1
	names := map[string]rune{"lt": '<', "gt": '>', "quot": '"', "apos": '\'', "nbsp": ' '}
	if names[name] == r {
		return length
	}
	number, found := strings.CutPrefix(name, "#")
	if !found {
		return 0
	}
	base := 10
	if hex, found := strings.CutPrefix(strings.ToLower(number), "x"); found {
		number, base = hex, 16
	}
	if code, err := strconv.ParseUint(number, base, 31); err == nil && rune(code) == r {
		return length
	}
	return 0
}
