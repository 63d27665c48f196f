package transport

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads the header Retry-After in both of its forms, seconds and
// date (RFC 9110 §10.2.3), and reports whether there is such a time. A date is
// measured from the answer's own date where it has one, since clocks differ,
// and from now otherwise. A time that has passed is zero.
func RetryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(header.Get("Retry-After"))
	// The standard has whole seconds; a fraction is rounded up.
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(seconds) {
		const most = float64(math.MaxInt64 / int64(time.Second))
		return time.Duration(math.Ceil(max(0, min(seconds, most)))) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return max(0, at.Sub(now)), true
}
