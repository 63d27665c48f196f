package main

import (
	"errors"
	"maps"
	"testing"
)

func TestTuneTurnsOffLogsThatNobodyReads(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		environment map[string]string
		want        string // TF_LOG_SDK afterwards
	}{
		"nobody asked":             {nil, "off"},
		"an empty variable":        {map[string]string{"TF_LOG": ""}, "off"},
		"a log of everything":      {map[string]string{"TF_LOG": "TRACE"}, ""},
		"a log of providers":       {map[string]string{"TF_LOG_PROVIDER": "debug"}, ""},
		"a log of the libraries":   {map[string]string{"TF_LOG_SDK": "warn"}, "warn"},
		"a log of one library":     {map[string]string{"TF_LOG_SDK_PROTO": "trace"}, ""},
		"a log of the core alone":  {map[string]string{"TF_LOG_CORE": "trace"}, "off"},
		"a file, but no log level": {map[string]string{"TF_LOG_PATH": "log"}, "off"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environment := maps.Clone(test.environment)
			if environment == nil {
				environment = map[string]string{}
			}
			err := tune(
				func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
				func(name, value string) error { environment[name] = value; return nil },
				func(int) int { return 100 },
			)
			if got := environment["TF_LOG_SDK"]; err != nil || got != test.want {
				t.Errorf("TF_LOG_SDK is %q, error %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestTuneReportsWhatItCannotSet(t *testing.T) {
	t.Parallel()
	want := errors.New("read-only")
	err := tune(
		func(string) (string, bool) { return "", false },
		func(string, string) error { return want },
		func(int) int { return 100 },
	)
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, want %v", err, want)
	}
}

func TestTuneLeavesCollectionToWhoeverSetIt(t *testing.T) {
	t.Parallel()
	for chosen, want := range map[bool]int{true: 100, false: gcPercent} {
		got := 100
		err := tune(
			func(string) (string, bool) { return "", chosen },
			func(string, string) error { return nil },
			func(percent int) int { was := got; got = percent; return was },
		)
		if err != nil || got != want {
			t.Errorf("GOGC set %t: the percentage is %d, error %v; want %d", chosen, got, err, want)
		}
	}
}
