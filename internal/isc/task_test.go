package isc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestDecodeTask(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body, status, text string
		messages           []string
	}{
		"spec's example": {taskBody(`"SUCCESS"`), "SUCCESS", `status SUCCESS, progress "Started", 50 percent complete`, []string{"Identities were left."}},
		"running":        {taskBody("null"), "", `progress "Started", 50 percent complete`, []string{"Identities were left."}},
		"little":         {`{"completionStatus":"Error"}`, "Error", "status ERROR", nil},
		"empty":          {`{}`, "", "running", nil},
		"completed only": {`{"completed":"2020-07-11T21:23:15.000Z","percentComplete":100,"completionStatus":null}`, "", "100 percent complete", nil},
		"empty status":   {`{"completionStatus":""}`, "", "running", nil},
		"odd display":    {`{"completionStatus":null,"progress":{"x":1},"percentComplete":"most","messages":{"x":1}}`, "", "running", nil},
		"messages": {
			`{"messages":[null,5,{"localizedText":null,"key":"k1"},{"localizedText":{"message":" "},"key":"k2"},{"localizedText":{"message":"Text"},"key":"k3"},{}]}`, "", "running",
			[]string{"5", "k1", "k2", "Text"},
		},
		"many messages": {`{"messages":[` + strings.Repeat(`{"key":"k"},`, 99) + `{"key":"k"}]}`, "", "running", slices.Repeat([]string{"k"}, 10)},
	}
	for name, test := range tests {
		got, err := decodeTask([]byte(test.body))
		if err != nil || got.status != test.status || got.String() != test.text || !slices.Equal(got.messages, test.messages) {
			t.Errorf("%s: %q %q %q, %v", name, got.status, got, got.messages, err)
		}
	}
	for _, body := range []string{"", "null", "[]", "<html>", `{"completionStatus":{}}`, `{"completionStatus":["SUCCESS"]}`, `{"completionStatus":true}`} {
		if got, err := decodeTask([]byte(body)); err == nil {
			t.Errorf("%s became %+v", body, got)
		}
	}
}

func TestNullStatusKeepsPolling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.script(taskRoute, times(6, says(200, `{"completed":"2020-07-11T21:23:15.000Z","percentComplete":100,"completionStatus":null}`))...)
		if _, err := destroy(t.Context(), s.inMemory(t)); err != nil {
			t.Error(err)
		}
		s.expect(t, taskRoute, 7)
	})
}

// passing are faults of a look at a task that say nothing about the task.
func passing() map[string]reply {
	return map[string]reply{
		"500":          says(500, errorBody("500.0", "Broken.")),
		"503 page":     says(503, "<html>"),
		"cut":          cut,
		"401":          says(401, `{"error":"JWT validation failed"}`),
		"page":         says(200, "<html>Portal</html>"),
		"null":         says(200, "null"),
		"odd status":   says(200, `{"completionStatus":{"x":1}}`),
		"cut JSON":     says(200, `{"completionStatus":"SUCC`),
		"408":          says(408, ""),
		"in vain":      hangs,
		"throttled":    throttled("3"),
		"not known":    says(404, ""),
		"not yet":      says(400, ""),
		"gone at once": says(410, ""),
	}
}

func TestPollingOutlivesFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range passing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.running = 5
				s.script(taskRoute, append(times(2, reply(nil)), times(2, fault)...)...)
				s.script(loginRoute, nil, says(500, ""))
				warnings, err := destroy(t.Context(), s.inMemory(t, func(cfg *Config) { cfg.RequestTimeout = time.Second }))
				if err != nil || len(warnings) != 0 {
					t.Errorf("%q, %v", warnings, err)
				}
				s.expect(t, deleteRoute, 1)
			})
		})
	}
}

func TestFaultsForEverEndInAnErrorWithTheTask(t *testing.T) {
	t.Parallel()
	for name, fault := range passing() {
		if slices.Contains([]string{"not known", "not yet", "gone at once"}, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.always[taskRoute] = removing(fault) // the profile goes, but nobody says so
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
				defer cancel()
				start := time.Now()
				_, err := destroy(ctx, s.inMemory(t))
				pending := as[*PendingError](t, err)
				took := time.Since(start)
				if pending.TaskID != taskID || took > 20*time.Minute || took < 19*time.Minute {
					t.Errorf("after %s: %+v", took, pending)
				}
				contains(t, err, taskID, a, "not seen to end")
				if name == "500" {
					contains(t, err, "Broken.", "trackingId")
				}
				s.expect(t, deleteRoute, 1)
			})
		})
	}
}

func TestTaskThatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 400, 410} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				since := time.Now()
				s.always[taskRoute] = func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
					if time.Since(since) < 50*time.Second {
						write(w, status, "")
						return
					}
					s.serve(w, r, body)
				}
				if warnings, err := destroy(t.Context(), s.inMemory(t)); err != nil || len(warnings) != 0 {
					t.Errorf("%q, %v", warnings, err)
				}
				s.expect(t, getPrefix+a, 1)
			})
		})
		t.Run(fmt.Sprint(status, " for ever"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.always[taskRoute] = says(status, errorBody("x", "No such task."))
				s.script(getPrefix+a, append(times(2, reply(nil)), removing((*tenant).serve))...)
				start := time.Now()
				warnings, err := destroy(t.Context(), s.inMemory(t))
				if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "does not know task "+taskID) || !strings.Contains(warnings[0], "No such task.") {
					t.Errorf("%q, %v", warnings, err)
				}
				if took := time.Since(start); took < time.Minute || took > 90*time.Second {
					t.Errorf("it took %s, want the grace and a little", took)
				}
				s.expect(t, getPrefix+a, 3)
			})
		})
	}
}

func TestTaskOfAnOldStartIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant()
		s.always[taskRoute] = says(404, "")
		d := Deletion{TaskID: taskID, Started: time.Now().Add(-time.Hour)}
		warnings, err := s.inMemory(t).AwaitDeletion(t.Context(), d, a)
		if err != nil || len(warnings) != 1 {
			t.Errorf("%q, %v", warnings, err)
		}
		s.expect(t, taskRoute, 1)
	})
}

func TestTaskThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.always[taskRoute] = says(403, "")
		s.script(getPrefix+a, append(times(6, reply(nil)), removing((*tenant).serve))...)
		warnings, err := destroy(t.Context(), s.inMemory(t))
		if err != nil || len(warnings) != 1 {
			t.Fatalf("%q, %v", warnings, err)
		}
		for _, word := range []string{"idn:task-management:read", taskID, a, "tenant acme.test", "personal access token"} {
			if !strings.Contains(warnings[0], word) {
				t.Errorf("%q is not in the warning %q", word, warnings[0])
			}
		}
		s.expect(t, taskRoute, 1)
		s.expect(t, getPrefix+a, 7)
	})
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", "")) // and the profile stays
		s.always[taskRoute] = says(403, "")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		warnings, err := destroy(ctx, s.inMemory(t))
		if pending := as[*PendingError](t, err); pending.TaskID != taskID || len(warnings) != 1 {
			t.Errorf("%q, %v", warnings, err)
		}
	})
}

func TestPollingEndsAtOnceWithoutHope(t *testing.T) {
	t.Parallel()
	t.Run("login refused", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := newTenant(wire(a, "Staff", ""))
			s.script(taskRoute, says(401, ""))
			s.script(loginRoute, nil, says(401, `{"error":"invalid_client"}`))
			_, err := destroy(t.Context(), s.inMemory(t))
			if pending := as[*PendingError](t, err); pending.TaskID != taskID || !errors.Is(err, ErrLoginRefused) {
				t.Errorf("%v", err)
			}
			s.expect(t, taskRoute, 1)
		})
	})
	t.Run("asked to wait past the deadline", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := newTenant(wire(a, "Staff", ""))
			s.script(taskRoute, nil, throttled("1200"))
			s.running = 10
			ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
			defer cancel()
			start := time.Now()
			_, err := destroy(ctx, s.inMemory(t))
			if pending := as[*PendingError](t, err); pending.TaskID != taskID || !errors.Is(err, ErrThrottled) || time.Since(start) > time.Second {
				t.Errorf("after %s: %v", time.Since(start), err)
			}
		})
	})
}

// gaps are the times between the requests to one route.
func gaps(s *tenant, route string) []time.Duration {
	var found []time.Duration
	sent := s.sent(route)
	for i := 1; i < len(sent); i++ {
		found = append(found, sent[i].at.Sub(sent[i-1].at))
	}
	return found
}

func TestLooksGrowApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.running = 14
		if _, err := destroy(t.Context(), s.inMemory(t)); err != nil {
			t.Fatal(err)
		}
		waits := gaps(s, taskRoute)
		want := 250 * time.Millisecond
		for i, got := range waits {
			if got < want*9/10 || got > want*11/10 {
				t.Errorf("wait %d is %s, want %s within a tenth", i, got, want)
			}
			want = min(want*3/2, 15*time.Second)
		}
		if first := s.sent(taskRoute)[0].at; !first.Equal(s.sent(deleteRoute)[0].at) {
			t.Error("the first look waited")
		}
	})
}

func TestRetryAfterWinsOverTheBackOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.running = 1
		s.script(taskRoute,
			says(200, taskBody("null"), "Retry-After", "40"),
			says(202, taskBody("null"), "Retry-After", time.Now().Add(100*time.Second).UTC().Format(http.TimeFormat)),
			says(400, "", "Retry-After", "7"),
			throttled("300"),
		)
		c := s.inMemory(t, func(cfg *Config) { cfg.Grace = time.Hour })
		if _, err := destroy(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{15 * time.Second, 15 * time.Second, 7 * time.Second, 30 * time.Second}
		if got := gaps(s, taskRoute); !slices.Equal(got[:4], want) {
			t.Errorf("waits %s, want %s", got, want)
		}
	})
}

func TestTokenRunsOutWhilePolling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.lifetime, s.running = "15", 20
		start := time.Now()
		if _, err := destroy(t.Context(), s.inMemory(t)); err != nil {
			t.Error(err)
		}
		for _, status := range s.sent(taskRoute) {
			if status.header.Get("Authorization") == "" {
				t.Error("a look without a token")
			}
		}
		if logins, took := len(s.sent(loginRoute)), time.Since(start); logins < 5 || time.Duration(logins) > took/(10*time.Second) {
			t.Errorf("%d logins in %s", logins, took)
		}
	})
}
