package simulator

import (
	"fmt"
	"time"
)

// A Duration is a time.Duration that is written in JSON the way a person
// writes it: "250ms", "2h".
type Duration time.Duration

// MarshalText writes d in the form [time.ParseDuration] reads.
func (d Duration) MarshalText() ([]byte, error) {
	return []byte(time.Duration(d).String()), nil
}

// UnmarshalText reads what [time.ParseDuration] reads. A negative duration is
// an error: nothing the simulator does can end before it began.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return err
	}
	if v < 0 {
		return fmt.Errorf("negative duration %q", text)
	}
	*d = Duration(v)
	return nil
}
