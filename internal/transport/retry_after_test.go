package transport

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	tests := map[string]struct {
		value, date string
		want        time.Duration
		ok          bool
	}{
		"seconds":           {"10", "", 10 * time.Second, true},
		"many seconds":      {"1200", "", 1200 * time.Second, true},
		"blanks":            {" 7 ", "", 7 * time.Second, true},
		"none":              {"0", "", 0, true},
		"a fraction":        {"0.2", "", time.Second, true},
		"below zero":        {"-5", "", 0, true},
		"a date":            {at(90 * time.Second), "", 90 * time.Second, true},
		"a date in RFC 850": {now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"), "", time.Minute, true},
		"a date gone by":    {at(-time.Hour), "", 0, true},
		"by its own clock":  {at(-time.Hour), at(-time.Hour - time.Minute), time.Minute, true},
		"an odd own clock":  {at(time.Minute), "yesterday", time.Minute, true},
		"nothing":           {"", "", 0, false},
		"a word":            {"soon", "", 0, false},
		"no number":         {"NaN", "", 0, false},
	}
	for name, test := range tests {
		header := http.Header{"Retry-After": {test.value}}
		if test.date != "" {
			header.Set("Date", test.date)
		}
		if got, ok := RetryAfter(header, now); got != test.want || ok != test.ok {
			t.Errorf("%s: %s, %t; want %s, %t", name, got, ok, test.want, test.ok)
		}
	}
	for _, text := range []string{"1e300", "Inf", "99999999999999999999"} {
		if got, ok := RetryAfter(http.Header{"Retry-After": {text}}, now); !ok || got < 1e9*time.Second {
			t.Errorf("%s: %s, %t; want a very long time", text, got, ok)
		}
	}
	if _, ok := RetryAfter(nil, now); ok {
		t.Error("no header has a time")
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("10", "")
	f.Add("-1e-300", "")
	f.Add("0x1p1000", "Sat, 21 Nov 2026 10:00:00 GMT")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT")

	f.Fuzz(func(t *testing.T, value, date string) {
		wait, ok := RetryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Now())
		if wait < 0 || !ok && wait != 0 {
			t.Fatalf("%s, %t", wait, ok)
		}
	})
}
