package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// at is a time of so many seconds.
func at(seconds int) time.Time { return time.Unix(int64(seconds), 0) }

// request is one that the other side worked on from a second on for so many.
func request(method, path string, from, seconds int) simulator.Request {
	return simulator.Request{Method: method, Path: path, Time: at(from), Delay: simulator.Duration(time.Duration(seconds) * time.Second)}
}

// onPanels is a request of a second to each of so many panels.
func onPanels(n int) (all []simulator.Request) {
	for i := range n {
		one := request("GET", "/x", 1, 1)
		one.Target = fmt.Sprint("panel-", i)
		all = append(all, one)
	}
	return all
}

func TestCoveredTimeCountsOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		all  []interval
		want time.Duration
	}{
		"nothing":     {nil, 0},
		"one":         {[]interval{{at(1), at(3)}}, 2 * time.Second},
		"apart":       {[]interval{{at(7), at(8)}, {at(1), at(3)}}, 3 * time.Second},
		"overlapping": {[]interval{{at(1), at(4)}, {at(3), at(6)}}, 5 * time.Second},
		"within":      {[]interval{{at(1), at(9)}, {at(3), at(4)}, {at(8), at(9)}}, 8 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := covered(test.all); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestWaitingIsTheOtherSidesWork(t *testing.T) {
	t.Parallel()
	const task = 5 * time.Second
	for name, test := range map[string]struct {
		work        workload
		parallelism int
		requests    []simulator.Request
		want        time.Duration
	}{
		"one panel does one thing at a time": {users(1, 50), 10, []simulator.Request{request("GET", "/x", 1, 2), request("GET", "/x", 1, 2)}, 4 * time.Second},
		"panels work side by side":           {users(20, 20), 100, onPanels(20), time.Second},
		"no more of them than callers":       {users(20, 20), 10, onPanels(20), 2 * time.Second},
		"and have all of them to do":         {users(20, 20), 10, append(onPanels(20), onPanels(1)...), 2100 * time.Millisecond},
		"the busiest goes on alone":          {users(20, 20), 10, slices.Concat(onPanels(20), onPanels(1), onPanels(1)), 3 * time.Second},
		"a tenant answers side by side":      {profiles(50, true), 10, []simulator.Request{request("GET", "/x", 1, 2), request("GET", "/x", 2, 2)}, 3 * time.Second},
		"and works on tasks":                 {profiles(50, false), 10, []simulator.Request{request("POST", profiles(1, true).bulk, 1, 1), request("POST", profiles(1, true).bulk, 2, 1)}, 6 * time.Second},
		"one after another where it does so": {profiles(50, true), 10, []simulator.Request{request("POST", profiles(1, true).bulk, 1, 1), request("POST", profiles(1, true).bulk, 2, 1)}, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.work.waiting(test.requests, task, test.parallelism); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestCountTellsBulkCallsOfAPhase(t *testing.T) {
	t.Parallel()
	w := users(1, 50)
	requests := []simulator.Request{
		{Method: "GET", Path: w.bulk},
		{Method: "POST", Path: w.upsert, IDs: 10},
		{Method: "DELETE", Path: w.bulk, IDs: 7},
	}
	for phase, want := range map[string]sample{
		"create":  {calls: 3, gets: 1, bulk: 2, ids: 17}, // a creation that is undone deletes
		"destroy": {calls: 3, gets: 1, bulk: 1, ids: 7},
	} {
		if got := w.count(requests, phase, sample{}); got != want {
			t.Errorf("%s: %+v, want %+v", phase, got, want)
		}
	}
}

func TestMedianIsOfWallTime(t *testing.T) {
	t.Parallel()
	got := median([]sample{{wall: 3, calls: 30}, {wall: 9, calls: 90}, {wall: 2, calls: 20}})
	if want := (sample{wall: 3, calls: 30, spread: 7}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestGoalsTellNoiseFromMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		measured, of sample
		want         string
	}{
		"less":                     {sample{wall: 90}, sample{wall: 100}, reached},
		"as much":                  {sample{wall: 150}, sample{wall: 100}, reached},
		"more":                     {sample{wall: 160}, sample{wall: 100}, missed},
		"more, and so do the runs": {sample{wall: 160, spread: 10}, sample{wall: 100}, noise},
		"so far that it counts":    {sample{wall: 160}, sample{wall: 100, spread: 7}, noise},
		"more than the runs do":    {sample{wall: 160, spread: 9}, sample{wall: 100, spread: 6}, missed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := within("x", test.measured, test.of, 1.5); got.outcome != test.want {
				t.Errorf("%+v, want %s", got, test.want)
			}
		})
	}
	if atMost("x", 3, 3).outcome != reached || atMost("x", 4, 3).outcome != missed {
		t.Error("a number is within its limit or not")
	}
}

func TestReportKeepsWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "BENCHMARKS.md")
	write := func(heading string, keep bool) string {
		r := report{heading: heading}
		if err := r.keepAbove(file, keep); err != nil {
			t.Fatal(err)
		}
		if err := r.save(file); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got := write("FIRST", false); !strings.Contains(got, marker+"\nFIRST") {
		t.Errorf("a new file is\n%s", got)
	}
	if err := os.WriteFile(file, []byte("TEXT\n"+marker+"OLD\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := write("SECOND", true); !strings.HasPrefix(got, "TEXT\n"+marker+"OLD\n\nSECOND") {
		t.Errorf("with its tables kept it is\n%s", got)
	}
	if got := write("THIRD", false); !strings.HasPrefix(got, "TEXT\n"+marker+"\nTHIRD") || strings.Contains(got, "SECOND") {
		t.Errorf("without it is\n%s", got)
	}
	if err := os.WriteFile(file, []byte("TEXT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&report{}).keepAbove(file, false); err == nil {
		t.Error("a file without the line is written over")
	}
}
