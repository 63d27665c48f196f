package isc

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// destroy is what the caller does: start, and await whatever came of it.
func destroy(ctx context.Context, c *Client) ([]string, error) {
	d, err := c.StartDeletion(ctx, a)
	if unconfirmed := (*UnconfirmedError)(nil); err != nil && !errors.As(err, &unconfirmed) {
		return nil, err
	}
	return c.AwaitDeletion(ctx, d, a)
}

func TestStartDeletionRequest(t *testing.T) {
	t.Parallel()
	s := newTenant()
	d, err := s.client(t).StartDeletion(t.Context(), b, a, b)
	if err != nil || d.TaskID != taskID || d.Unconfirmed || d.Started.IsZero() {
		t.Errorf("%+v, %v", d, err)
	}
	s.expect(t, deleteRoute, 1)
	if body := s.sent(deleteRoute)[0].body; body != `["`+b+`","`+a+`"]` {
		t.Errorf("sent %s, want a bare array of distinct ids", body)
	}
}

func TestStartOfADeletionIsUnderstood(t *testing.T) {
	t.Parallel()
	for body, id := range map[string]string{
		`{"id":"ff8081814d977c21014da056804a0af3","completed":"Mon Aug 21 14:57:39 CDT 2023","launched":"Mon Aug 21 14:55:39 CDT 2023","completionStatus":"Success"}`: taskID,
		`{"type":"TASK_RESULT","id":"` + taskID + `","name":null}`: taskID,
		`{"id":17}`:             "17",
		`{"name":"x"}`:          "",
		`{"id":null}`:           "",
		`{"id":""}`:             "",
		`{"id":"../oauth"}`:     "",
		`{"id":{"x":1}}`:        "",
		``:                      "",
		`null`:                  "",
		`[]`:                    "",
		`<html>Accepted</html>`: "",
		`{"id":"` + taskID[:8]:  "",
	} {
		s := newTenant()
		s.script(deleteRoute, says(202, body))
		d, err := s.client(t).StartDeletion(t.Context(), a)
		if err != nil || d.TaskID != id || d.Unconfirmed {
			t.Errorf("%s: %+v, %v; want the task %q", body, d, err, id)
		}
	}
}

func TestRefusedDeletionIsAnError(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{400: "Words.", 403: "idn:identity-profile:delete", 404: "Words.", 302: "not followed"} {
		s := newTenant(wire(a, "Staff", ""))
		s.always[deleteRoute] = says(status, errorBody("x", "Words."))
		d, err := s.client(t).StartDeletion(t.Context(), a)
		contains(t, err, words, "delete identity profile "+a)
		if d.Unconfirmed || uncertain(err) || as[*Error](t, err).Status != status {
			t.Errorf("%+v, %v", d, err)
		}
		s.expect(t, deleteRoute, 1)
	}
}

func TestDeletionEndsWhenTheProfileIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""), wire(b, "Other", ""))
		s.running = 8
		warnings, err := destroy(t.Context(), s.inMemory(t))
		if err != nil || len(warnings) != 0 {
			t.Errorf("%q, %v", warnings, err)
		}
		s.expect(t, deleteRoute, 1)
		s.expect(t, taskRoute, 9)
		s.expect(t, getPrefix+a, 1)
		s.expect(t, listRoute, 0)
		if len(s.profiles) != 1 {
			t.Error("another profile is gone as well")
		}
	})
}

func TestTaskIsLookedAtOnceWhateverTheStartSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.running = 3
		s.script(deleteRoute, doneThen(says(202, `{"id":"`+taskID+`","completionStatus":"Success"}`)))
		if _, err := destroy(t.Context(), s.inMemory(t)); err != nil {
			t.Error(err)
		}
		s.expect(t, taskRoute, 4)
	})
}

func TestEndsOfATask(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status string // as JSON
		gone   bool   // the profile
		want   string // ok, warning, task or stays
	}{
		"success":                   {`"SUCCESS"`, true, "ok"},
		"success in mixed case":     {`"Success"`, true, "ok"},
		"success with blanks":       {`" success "`, true, "ok"},
		"success, profile stays":    {`"SUCCESS"`, false, "stays"},
		"warning":                   {`"WARNING"`, true, "warning"},
		"warning in mixed case":     {`"Warning"`, true, "warning"},
		"warning, profile stays":    {`"Warning"`, false, "stays"},
		"error":                     {`"ERROR"`, false, "task"},
		"error in mixed case":       {`"Error"`, false, "task"},
		"terminated":                {`"TERMINATED"`, false, "task"},
		"terminated in mixed case":  {`"Terminated"`, false, "task"},
		"temp error":                {`"TempError"`, false, "task"},
		"temp error, profile gone":  {`"TEMPERROR"`, true, "warning"},
		"error, profile gone":       {`"ERROR"`, true, "warning"},
		"unknown word":              {`"CANCELLED"`, false, "task"},
		"unknown, profile gone":     {`"TerminatedWithErrors"`, true, "warning"},
		"a number":                  {`7`, false, "task"},
		"a word that begins well":   {`"SUCCESSFUL"`, false, "task"},
		"a word that begins warned": {`"WARN"`, false, "task"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				end := says(200, taskBody(test.status))
				if test.gone {
					end = removing(end)
				}
				s.script(taskRoute, says(200, taskBody("null")), end)
				start := time.Now()
				warnings, err := destroy(t.Context(), s.inMemory(t))
				word := strings.ToUpper(strings.Trim(test.status, `" `))
				switch test.want {
				case "ok":
					if err != nil || len(warnings) != 0 {
						t.Errorf("%q, %v", warnings, err)
					}
				case "warning":
					if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], word) || !strings.Contains(warnings[0], "Identities were left.") || !strings.Contains(warnings[0], taskID) {
						t.Errorf("%q, %v", warnings, err)
					}
				case "task":
					failed := as[*TaskError](t, err)
					if failed.TaskID != taskID || failed.Status != word || failed.ProfileID != a || !slices.Equal(failed.Messages, []string{"Identities were left."}) {
						t.Errorf("%+v", failed)
					}
					contains(t, err, "tenant acme.test", a, taskID, word, "Identities were left.", "still there", "destroy again")
				case "stays":
					failed := as[*StillThereError](t, err)
					if failed.TaskID != taskID || failed.Status != word || failed.Err != nil {
						t.Errorf("%+v", failed)
					}
					contains(t, err, "tenant acme.test", a, taskID, word, "still there 1m0s later", "Identities were left.")
					if took := time.Since(start); took < time.Minute || took > 61*time.Second {
						t.Errorf("it took %s, want a minute of grace", took)
					}
				}
				s.expect(t, deleteRoute, 1)
				s.expect(t, taskRoute, 2)
			})
		})
	}
}

func TestReadsMayLagBehindTheTask(t *testing.T) {
	t.Parallel()
	for lag, ok := range map[time.Duration]bool{time.Second: true, 59 * time.Second: true, 65 * time.Second: false} {
		t.Run(lag.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.script(taskRoute, func(s *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
					time.AfterFunc(lag, func() {
						s.mu.Lock()
						defer s.mu.Unlock()
						s.remove()
					})
					write(w, 200, taskBody(`"SUCCESS"`))
				})
				start := time.Now()
				_, err := destroy(t.Context(), s.inMemory(t))
				if ok && err != nil || !ok && err == nil {
					t.Errorf("%v after %s", err, time.Since(start))
				}
				if took := time.Since(start); took > 61*time.Second {
					t.Errorf("it took %s", took)
				}
				time.Sleep(lag)
			})
		})
	}
}

func TestConfirmationOutlivesFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		get    []reply
		always reply
		list   reply
		want   string // of the error; empty for none
		atOnce bool
	}{
		"5xx in passing":       {get: times(9, says(503, ""))},
		"cut in passing":       {get: times(7, cut)},
		"page in passing":      {get: []reply{says(404, "<html>"), says(200, "<html>")}},
		"401 twice in passing": {get: times(2, says(401, ""))},
		"throttled":            {get: []reply{throttled("20")}},
		"throttled for longer": {get: []reply{throttled("90")}},
		"5xx for ever":         {always: says(503, "<title>Down</title>"), list: says(403, ""), want: "Down"},
		"no right":             {always: says(403, ""), list: says(403, ""), want: "idn:identity-profile:read", atOnce: true},
		"a listing instead":    {always: says(403, "")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.script(getPrefix+a, test.get...)
				s.always[getPrefix+a], s.always[listRoute] = test.always, test.list
				start := time.Now()
				_, err := destroy(t.Context(), s.inMemory(t))
				if test.want == "" {
					if err != nil {
						t.Errorf("%v after %s", err, time.Since(start))
					}
					return
				}
				_ = as[*StillThereError](t, err)
				contains(t, err, test.want, taskID, "could not be seen")
				if took := time.Since(start); test.atOnce && took != 0 {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

func TestBadEndWithoutALookAtTheProfile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.end = "ERROR"
		s.always[getPrefix+a] = says(500, errorBody("500.0", "Broken."))
		_, err := destroy(t.Context(), s.inMemory(t))
		if failed := as[*TaskError](t, err); failed.Err == nil {
			t.Errorf("%+v", failed)
		}
		contains(t, err, "ERROR", "could not be seen", "Broken.")
	})
}

func TestLostAnswerOfADeletionIsWatched(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]reply{"500": says(500, ""), "502 page": says(502, "<html>"), "408": says(408, ""), "cut": cut, "in vain": hangs} {
		t.Run(name+", done", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.script(deleteRoute, doneThen(lost))
				s.script(getPrefix+a, append(times(5, reply(nil)), removing((*tenant).serve))...)
				warnings, err := destroy(t.Context(), s.inMemory(t))
				if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "answer to its deletion was lost") {
					t.Errorf("%q, %v", warnings, err)
				}
				s.expect(t, deleteRoute, 1)
			})
		})
		t.Run(name+", not done", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.script(deleteRoute, lost)
				c := s.inMemory(t)
				d, err := c.StartDeletion(t.Context(), a)
				_ = as[*UnconfirmedError](t, err)
				contains(t, err, "may have carried it out", "delete identity profile "+a, "Destroy again")
				if !d.Unconfirmed || d.TaskID != "" {
					t.Errorf("%+v", d)
				}
				start := time.Now()
				_, err = c.AwaitDeletion(t.Context(), d, a)
				noEffect := as[*NoEffectError](t, err)
				if took := time.Since(start); took < time.Minute || took > 80*time.Second || noEffect.ProfileID != a || noEffect.Elapsed != took {
					t.Errorf("%+v after %s, want the grace and a little", noEffect, took)
				}
				contains(t, err, "tenant acme.test", a, "still there", "answer was lost")
				s.expect(t, deleteRoute, 1)
			})
		})
	}
}

func TestDeletionWithoutATaskIsWatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.script(deleteRoute, doneThen(says(202, `{"name":"x"}`)))
		s.script(getPrefix+a, append([]reply{nil, says(500, ""), cut, nil, nil}, removing((*tenant).serve))...)
		warnings, err := destroy(t.Context(), s.inMemory(t))
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "named no task") {
			t.Errorf("%q, %v", warnings, err)
		}
		s.expect(t, deleteRoute, 1)
		s.expect(t, taskRoute, 0)
	})
}

func TestWatchEndsWithoutHope(t *testing.T) {
	t.Parallel()
	for name, get := range map[string]reply{"no right": says(403, ""), "refused": says(400, ""), "throttled": throttled("3600"), "login refused": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				if s.always[getPrefix+a] = get; get == nil {
					s.always[loginRoute] = says(401, "")
				}
				ctx, cancel := context.WithTimeout(t.Context(), 29*time.Second) // less than a read waits when it is throttled
				defer cancel()
				start := time.Now()
				_, err := s.inMemory(t).AwaitDeletion(ctx, Deletion{}, a)
				pending := as[*PendingError](t, err)
				if time.Since(start) != 0 || as[*Error](t, err).Status == 0 || pending.ProfileID != a {
					t.Errorf("%v after %s", err, time.Since(start))
				}
			})
		})
	}
}

func TestEndOfTheContext(t *testing.T) {
	t.Parallel()
	stops := map[string]func(*tenant){
		"while the task runs":     func(s *tenant) { s.running = 1 << 20 },
		"within a look":           func(s *tenant) { s.script(taskRoute, says(200, taskBody("null")), hangs) },
		"while the profile stays": func(s *tenant) { s.always[taskRoute] = says(200, taskBody(`"SUCCESS"`)) },
	}
	for name, prepare := range stops {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				prepare(s)
				interrupted := errors.New("interrupted")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(12345*time.Millisecond, func() { cancel(interrupted) })
				start := time.Now()
				_, err := destroy(ctx, s.inMemory(t, func(cfg *Config) { cfg.RequestTimeout = time.Hour }))
				pending := as[*PendingError](t, err)
				if took := time.Since(start); took != 12345*time.Millisecond || !errors.Is(err, interrupted) {
					t.Errorf("after %s: %v", took, err)
				}
				if pending.TaskID != taskID || pending.ProfileID != a || pending.Tenant != "acme.test" || pending.Elapsed != 12345*time.Millisecond {
					t.Errorf("%+v", pending)
				}
				contains(t, err, taskID, a, "12s", "interrupted", "goes on", "destroy again")
				if name != "while the profile stays" { // an interrupted look does not hide the one before
					contains(t, err, `progress "Started"`, "50 percent")
				}
			})
		})
	}
}

func TestDeletionOfAnEarlierRunIsTakenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.doomed, s.running = []string{a}, 4
		s.script(taskRoute, times(3, says(404, ""))...)
		if warnings, err := s.inMemory(t).AwaitDeletion(t.Context(), Deletion{TaskID: taskID}, a); err != nil || len(warnings) != 0 {
			t.Errorf("%q, %v", warnings, err)
		}
		s.expect(t, deleteRoute, 0)
		s.expect(t, taskRoute, 8)
	})
}

// A refusal of a deletion is looked up before it is believed.
func TestRefusedDeletionMayBeAboutAProfileThatIsGone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404, 409} {
		for _, gone := range []bool{true, false} {
			s := newTenant(wire(a, "Staff", ""))
			s.always[deleteRoute] = func(s *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
				s.mu.Lock()
				defer s.mu.Unlock()
				if gone {
					s.profiles = nil
				}
				write(w, status, errorBody("x", "No."))
			}
			_, warnings, err := s.client(t).DeleteProfile(t.Context(), a)
			if gone && (err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "the profile is gone")) {
				t.Errorf("%d: %q, %v; want a warning", status, warnings, err)
			}
			if !gone {
				contains(t, err, "No.")
			}
			s.expect(t, deleteRoute, 1)
		}
	}
}
