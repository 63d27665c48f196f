package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A condition is one comparison of a filter (contract §2.1). A filter is
// conditions with "and" between them:
//
//	name sw "Con" and id in ("1", "2") and priority eq 10
//
// Texts are in double quotes, in which a backslash quotes the next character.
type condition struct {
	field, op string
	values    []string
}

// holds reports whether row meets the condition. Texts are compared byte by
// byte; whether the real one minds case is not stated.
func (c condition) holds(row map[string]any) bool {
	v := member(row, c.field)
	if c.op == "isnull" {
		return v == nil
	}
	text := ""
	if v != nil {
		text = fmt.Sprint(v)
	}
	first := c.values[0]
	switch c.op {
	case "eq", "in":
		return slices.Contains(c.values, text)
	case "ne":
		return text != first
	case "ge":
		return text >= first
	case "gt":
		return text > first
	case "le":
		return text <= first
	case "sw":
		return strings.HasPrefix(text, first)
	}
	return false
}

// readFilter reads a filter; an empty one has no conditions.
func readFilter(text string) ([]condition, error) {
	r := filterReader{rest: strings.TrimSpace(text)}
	var conditions []condition
	for r.rest != "" {
		if len(conditions) > 0 && r.word() != "and" {
			return nil, errors.New(`conditions have "and" between them`)
		}
		c := condition{field: r.word(), op: r.word()}
		switch {
		case c.field == "" || c.op == "":
			return nil, errors.New("a condition is a field, an operator and a value")
		case c.op == "isnull":
		case c.op == "in":
			if !r.skip("(") {
				return nil, errors.New("in wants a list in parentheses")
			}
			for {
				v, ok := r.value()
				if !ok {
					return nil, errors.New("a value is missing or its quotes are not closed")
				}
				c.values = append(c.values, v)
				if !r.skip(",") {
					break
				}
			}
			if !r.skip(")") {
				return nil, errors.New("a list is not closed")
			}
		default:
			v, ok := r.value()
			if !ok {
				return nil, errors.New("a value is missing, is not in double quotes, or its quotes are not closed")
			}
			c.values = []string{v}
		}
		conditions = append(conditions, c)
	}
	return conditions, nil
}

// A filterReader holds what of a filter has not been read.
type filterReader struct{ rest string }

// word reads letters up to a space or anything else.
func (r *filterReader) word() string {
	end := strings.IndexFunc(r.rest, func(c rune) bool {
		return c != '.' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if end < 0 {
		end = len(r.rest)
	}
	word := r.rest[:end]
	r.rest = strings.TrimSpace(r.rest[end:])
	return word
}

func (r *filterReader) skip(mark string) bool {
	rest, ok := strings.CutPrefix(r.rest, mark)
	if ok {
		r.rest = strings.TrimSpace(rest)
	}
	return ok
}

// value reads a text in quotes, or a number.
func (r *filterReader) value() (string, bool) {
	if !r.skipQuote() {
		end := 0
		for end < len(r.rest) && (r.rest[end] >= '0' && r.rest[end] <= '9' || end == 0 && r.rest[end] == '-') {
			end++
		}
		v := r.rest[:end]
		r.rest = strings.TrimSpace(r.rest[end:])
		return v, v != ""
	}
	var b strings.Builder
	for i := 0; i < len(r.rest); i++ {
		switch c := r.rest[i]; {
		case c == '"':
			r.rest = strings.TrimSpace(r.rest[i+1:])
			return b.String(), true
		case c == '\\' && i+1 < len(r.rest):
			i++
			b.WriteByte(r.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// skipQuote is skip without skipping spaces, which belong to the text.
func (r *filterReader) skipQuote() bool {
	rest, ok := strings.CutPrefix(r.rest, `"`)
	if ok {
		r.rest = rest
	}
	return ok
}
