package isc

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// said is what an answer that is not a success says (contract §2.6).
type said struct {
	detailCode string
	trackingID string
	words      string
}

// hear finds it: the error object, {"error": …} of a refused token,
// {"message": …} of the rate limit, or the text of whatever stands before the
// tenant.
func hear(body []byte) said {
	fields, err := looseObject(body)
	if err != nil || fields == nil {
		return said{words: pageTitle(body)}
	}
	text := func(key string) string {
		text, _ := looseString(fields[key])
		return strings.TrimSpace(text)
	}
	s := said{detailCode: text("detailCode"), trackingID: text("trackingId")}
	var texts []string
	add := func(text string) {
		if text = excerpt([]byte(text)); text != "" && !slices.Contains(texts, text) {
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
		s.words = excerpt(body)
	}
	return s
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageTitle is the title of a web page, or the beginning of another text.
func pageTitle(body []byte) string {
	if found := title.FindSubmatch(body); len(found) == 2 && len(bytes.TrimSpace(found[1])) > 0 {
		return excerpt(found[1])
	}
	return excerpt(body)
}

// excerpt makes the beginning of an unexpected text fit for a message.
func excerpt(text []byte) string {
	const most = 300
	if len(text) > 8*most {
		text = text[:8*most]
	}
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, string(bytes.ToValidUTF8(text, []byte("?"))))
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > most {
		clean = string(runes[:most]) + "…"
	}
	return clean
}
