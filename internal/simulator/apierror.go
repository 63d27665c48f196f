package simulator

import (
	"net/http"
	"strings"
)

// An apiError is a refusal of a whole request.
type apiError struct {
	status int
	text   string
	// rule marks the refusals of contract §3.4, which a panel may instead
	// report for the item alone.
	rule bool
}

func badRequest(text string) *apiError { return &apiError{status: http.StatusBadRequest, text: text} }

// The texts of contract §1.2 and §1.3.
var (
	errWrongLogin   = badRequest("Wrong login or password")
	errLoginMissed  = badRequest("Required parameters missed")
	errWrongBody    = badRequest("Wrong JSON body")
	errEmptyList    = badRequest("List cannot be empty")
	errNoFactors    = badRequest("auth_factors must contain at least one item")
	errUnauthorized = &apiError{status: http.StatusUnauthorized, text: "Log In"}
	errForbidden    = &apiError{status: http.StatusForbidden, text: "Administrator rights required"}
)

// What a panel says here is unknown; that it is JSON is assumed (§0.1).
var (
	errNotFound = &apiError{status: http.StatusNotFound, text: "Not found"}
	errVerb     = &apiError{status: http.StatusMethodNotAllowed, text: "Method not allowed"}
	errLimit    = badRequest("Wrong limit")
	errPage     = badRequest("Wrong page_number")
)

func errNoValue(param string) *apiError {
	return badRequest("Wrong JSON body: no value for `" + param + "`")
}

func errWrongType(param string) *apiError {
	return badRequest("Wrong JSON body: value `" + param + "` was of the wrong type")
}

// errRule is a refusal of contract §3.4.
func errRule(text string) *apiError {
	return &apiError{status: http.StatusBadRequest, text: text, rule: true}
}

// body is the error as the panel writes it; all three shapes are found in
// vendor pages (contract §1.3).
func (e *apiError) body(s *Settings) map[string]any {
	text := e.text
	if !s.Backticks {
		text = strings.ReplaceAll(text, "`", "")
	}
	switch s.ErrorShape {
	case "bool":
		return map[string]any{"error": true}
	case "object":
		code := "bad_request"
		switch {
		case e.status == http.StatusUnauthorized, e == errWrongLogin:
			code = "invalid_authentication"
		case e.status == http.StatusForbidden:
			code = "permission_denied"
		}
		return map[string]any{"error": map[string]any{"code": code, "message": text, "data": nil}}
	}
	return map[string]any{"error": text}
}
