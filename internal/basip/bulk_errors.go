package basip

import (
	"errors"
	"net/http"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// bulkError says what the error of a whole call means for the items in it: that
// the panel may have carried it out, that it refused it for what is in it, or that
// it could not be made at all.
func bulkError(err error) error {
	var answered *Error
	switch {
	case uncertain(err):
		return &bulk.UnknownError{Err: err}
	case errors.As(err, &answered) && refusesContent(answered.Status):
		return &bulk.RefusedError{Err: err}
	}
	return err
}

// refusesContent reports whether an answer is about what was sent, so that a part
// of it may fare better: one bad time profile refuses its whole list (contract
// §3.4).
func refusesContent(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// neverSent reports whether the error of a bulk operation whose context has ended
// shows that the operation was in no request: it was withdrawn, or what was to be
// read before it was not.
func neverSent(err error) bool {
	var failed *Error
	var unknown *bulk.UnknownError
	return errors.Is(err, bulk.ErrWithdrawn) || errors.As(err, &failed) && !errors.As(err, &unknown)
}
