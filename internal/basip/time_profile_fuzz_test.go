package basip

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
)

// FuzzTimeProfileRoundTrip builds profiles from numbers and expects each that
// passes Holdable to come back from the wire as it was.
func FuzzTimeProfileRoundTrip(f *testing.F) {
	f.Add("Night", false, int64(1700000000), int64(1700003600), uint8(0), int16(1), uint8(0), uint32(0), uint16(0), uint8(0), false, int64(0))
	f.Add("Every two weeks", false, int64(0), int64(1), uint8(2), int16(2), uint8(0), uint32(0), uint16(0), uint8(0), false, int64(0))
	f.Add("Work <week>", true, int64(1), int64(1), uint8(2), int16(5), uint8(0b0111110), uint32(0), uint16(0), uint8(0), true, int64(1<<62))
	f.Add("Days", false, int64(1), int64(2), uint8(3), int16(1), uint8(0), uint32(1<<31-1), uint16(0), uint8(0), false, int64(0))
	f.Add("Last day off", false, int64(1), int64(2), uint8(3), int16(1000), uint8(0), uint32(0), uint16(0), uint8(54), false, int64(0))
	f.Add("Summer", false, int64(1), int64(2), uint8(4), int16(2), uint8(0), uint32(0), uint16(0b111<<5), uint8(0), false, int64(0))
	f.Add("First Monday", false, int64(1), int64(2), uint8(4), int16(1), uint8(0), uint32(0), uint16(1), uint8(1), true, int64(3))

	f.Fuzz(func(t *testing.T, name string, allDay bool, from, to int64, period uint8, interval int16,
		weekdays uint8, monthDays uint32, months uint16, nth uint8, ends bool, until int64,
	) {
		want := TimeProfile{LinkID: uuid.MustParse(testLink), Name: name, AllDay: allDay, From: from, To: to}
		if n := int(period) % (len(Periods()) + 1); n > 0 {
			r := Recurrence{Every: Periods()[n-1], Interval: int(interval)}
			for i := range 7 {
				if weekdays&(1<<i) != 0 {
					r.Weekdays = append(r.Weekdays, time.Weekday(i))
				}
			}
			for i := range 31 {
				if monthDays&(1<<i) != 0 {
					r.MonthDays = append(r.MonthDays, i+1)
				}
			}
			for i := range 12 {
				if months&(1<<i) != 0 {
					r.Months = append(r.Months, time.Month(i+1))
				}
			}
			if n := int(nth) % (len(WeeksOfMonth())*len(DayKinds()) + 1); n > 0 {
				r.Nth = &NthDay{WeeksOfMonth()[(n-1)%len(WeeksOfMonth())], DayKinds()[(n-1)/len(WeeksOfMonth())]}
			}
			if ends {
				r.Until = &until
			}
			r = r.normalized()
			want.Repeat = &r
		}
		checked := want.Holdable()
		raw, err := encodeTimeProfile(want)
		if (err != nil) != (checked != nil) {
			t.Fatalf("Holdable() = %v, but encode = %s, %v", checked, raw, err)
		}
		if err != nil {
			return
		}
		got, err := decodeTimeProfile(raw)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nbecame %s\nand then %+v, %v", want, raw, got, err)
		}
	})
}

// FuzzDecodeTimeProfile reads anything. What it can read and Holdable accepts must
// be writable and mean the same afterwards.
func FuzzDecodeTimeProfile(f *testing.F) {
	for _, form := range recurrenceForms() {
		f.Add([]byte(`{"link_id":"` + testLink + `","uid":1,"name":"Night","identifiers":{"uid_items":[1],"count":1},
			"time_options":{"is_all_day":false,"date_from":"1","date_to":2.0},"repeat_options":` + form.wire + `}`))
	}
	f.Add([]byte(withFormat(`{"repeat_type":"day","repeat_custom":{"repeat_point_type":"week","repeat_looper":5,"repeat_options":["FRI"]}}`)))
	f.Add([]byte(`null`))
	f.Add([]byte(`{`))

	f.Fuzz(func(t *testing.T, raw []byte) {
		first, err := decodeTimeProfile(json.RawMessage(raw))
		if err != nil {
			_ = err.Error()
			return
		}
		for _, o := range []Offsets{{}, {From: 3600, To: 7200}} { // whatever it is, there are words for it
			if first.Schedule(o) == "" {
				t.Fatalf("%+v has no schedule", first)
			}
			_, _ = first.Check(o), first.Warnings(time.Unix(0, 0), o)
		}
		if first.Holdable() != nil {
			return
		}
		// What the panel alone decides is not written.
		first.UID, first.AttachedIdentifiers, first.AttachedKnown = nil, 0, false
		if first.LinkID == uuid.Nil {
			first.LinkID = uuid.MustParse(testLink)
		}
		again, err := encodeTimeProfile(first)
		if err != nil {
			t.Fatalf("%+v passes Holdable but not encode: %v", first, err)
		}
		second, err := decodeTimeProfile(again)
		if err != nil || !reflect.DeepEqual(second, first) {
			t.Fatalf("%+v\nbecame %s\nand then %+v, %v", first, again, second, err)
		}
	})
}
