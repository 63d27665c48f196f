package simulator

import (
	"maps"
	"net/http"
)

// A tenantError is a refusal in one of the vendor's shapes (contract §2.6).
type tenantError struct {
	status int
	// detail is the detailCode; empty takes the one usual for the status.
	detail string
	// reason goes to the causes: the messages are as general as the vendor's.
	reason string
	header http.Header
	// bare errors have no body (contract §2.6 on task-status).
	bare bool
}

func refuse(status int, reason string) *tenantError {
	return &tenantError{status: status, reason: reason}
}

func illegal(reason string) *tenantError { return refuse(http.StatusBadRequest, reason) }

var (
	errExpired    = &tenantError{status: http.StatusUnauthorized}
	errNoRight    = &tenantError{status: http.StatusForbidden}
	errAbsent     = &tenantError{status: http.StatusNotFound}
	errNoTask     = &tenantError{status: http.StatusNotFound, bare: true}
	errTaskRight  = &tenantError{status: http.StatusForbidden, bare: true}
	errMediaType  = refuse(http.StatusUnsupportedMediaType, "the Content-Type is not supported by this operation")
	errNotOffered = refuse(http.StatusNotImplemented, "this operation is not simulated")
)

// tenantTexts are the detailCode and text of each status; those of 405, 409,
// 415 and 501 are guesses.
var tenantTexts = map[int][2]string{
	http.StatusBadRequest:           {"400.1 Bad Request Content", "The request was syntactically correct but its content is semantically invalid."},
	http.StatusForbidden:            {"403 Forbidden", "The server understood the request but refuses to authorize it."},
	http.StatusNotFound:             {"404 Not found", "The server did not find a current representation for the target resource."},
	http.StatusMethodNotAllowed:     {"405 Method not allowed", "The request method is not supported by the target resource."},
	http.StatusConflict:             {"409.1 Reference conflict", "The request could not be completed due to a conflict with the current state of the target resource."},
	http.StatusUnsupportedMediaType: {"415 Unsupported media type", "The payload is in a format not supported by this method on the target resource."},
	http.StatusInternalServerError:  {"500.0 Internal Fault", "An internal fault occurred."},
}

func (e *tenantError) answer() answer {
	if e.bare {
		return answer{status: e.status, header: http.Header{}}
	}
	a := jsonAnswer(e.status, e.body())
	maps.Copy(a.header, e.header)
	return a
}

func (e *tenantError) body() map[string]any {
	switch e.status {
	case http.StatusUnauthorized:
		return map[string]any{"error": "JWT validation failed: JWT is expired"}
	case http.StatusTooManyRequests:
		return map[string]any{"message": " Rate Limit Exceeded "}
	}
	texts, ok := tenantTexts[e.status]
	if !ok {
		texts = [2]string{http.StatusText(e.status), http.StatusText(e.status)}
	}
	if e.detail != "" {
		texts[0] = e.detail
	}
	causes := []any{}
	if e.reason != "" {
		causes = append(causes, localized(e.reason))
	}
	return extra(map[string]any{
		"detailCode": texts[0],
		"trackingId": newTenantID(),
		"messages":   []any{localized(texts[1])},
		"causes":     causes,
	})
}

func localized(text string) map[string]any {
	return map[string]any{"locale": "en-US", "localeOrigin": "DEFAULT", "text": text}
}

// failure is what a fault answers that has a status and no body.
func (t *Tenant) failure(status int) answer { return refuse(status, "").answer() }

// extra adds the member that nobody documented; a client must not mind it.
func extra(body map[string]any) map[string]any {
	body["x_extra"] = "ignore me"
	return body
}
