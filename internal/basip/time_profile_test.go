package basip

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

const testLink = "91c615e3-1040-4815-8ecb-039a18b756b5"

func pointer[T any](value T) *T { return &value }

// recurrenceForms are the forms of contract §3.1: what a panel calls each, and
// what it is here.
func recurrenceForms() map[string]struct {
	wire   string
	repeat *Recurrence
} {
	return map[string]struct {
		wire   string
		repeat *Recurrence
	}{
		"once": {`{"repeat_enable":false}`, nil},
		"daily": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"day","repeat_end":{"format":"never"}}}`,
			&Recurrence{Every: Daily, Interval: 1},
		},
		"daily until a date": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"day","repeat_end":{"format":"date","date":9007199254740993}}}`,
			&Recurrence{Every: Daily, Interval: 1, Until: pointer(int64(9007199254740993))},
		},
		"weekly": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"week","repeat_end":{"format":"never"}}}`,
			&Recurrence{Every: Weekly, Interval: 1},
		},
		"every two weeks": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"twoWeeks","repeat_end":{"format":"never"}}}`,
			&Recurrence{Every: Weekly, Interval: 2},
		},
		"monthly": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"month","repeat_end":{"format":"never"}}}`,
			&Recurrence{Every: Monthly, Interval: 1},
		},
		"yearly": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"year","repeat_end":{"format":"never"}}}`,
			&Recurrence{Every: Yearly, Interval: 1},
		},
		"every third day": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"never"},
			  "repeat_custom":{"repeat_point_type":"day","repeat_looper":3}}}`,
			&Recurrence{Every: Daily, Interval: 3},
		},
		"work week": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"never"},
			  "repeat_custom":{"repeat_point_type":"week","repeat_looper":1,"repeat_options":["MON","TUE","WED","THU","FRI"]}}}`,
			&Recurrence{Every: Weekly, Interval: 1, Weekdays: []time.Weekday{1, 2, 3, 4, 5}},
		},
		"every second weekend": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"never"},
			  "repeat_custom":{"repeat_point_type":"week","repeat_looper":2,"repeat_options":["SAT","SUN"]}}}`,
			&Recurrence{Every: Weekly, Interval: 2, Weekdays: []time.Weekday{time.Saturday, time.Sunday}},
		},
		"days of the month": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"date","date":0},
			  "repeat_custom":{"repeat_point_type":"month","repeat_looper":1,"repeat_options":{"format":"dayNumbers","range":[1,15,31]}}}}`,
			&Recurrence{Every: Monthly, Interval: 1, MonthDays: []int{1, 15, 31}, Until: pointer(int64(0))},
		},
		"last day off of every second month": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"never"},
			  "repeat_custom":{"repeat_point_type":"month","repeat_looper":2,
			    "repeat_options":{"format":"parameterizedDay","range":{"week_order":"last","day_type":"DAY_OFF"}}}}}`,
			&Recurrence{Every: Monthly, Interval: 2, Nth: &NthDay{LastWeek, DayOff}},
		},
		"months of the year": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"never"},
			  "repeat_custom":{"repeat_point_type":"year","repeat_looper":1,"repeat_options":{"months":[6,7,8]}}}}`,
			&Recurrence{Every: Yearly, Interval: 1, Months: []time.Month{6, 7, 8}},
		},
		"first working day of January": {
			`{"repeat_enable":true,"repeat_format":{"repeat_type":"custom","repeat_end":{"format":"never"},
			  "repeat_custom":{"repeat_point_type":"year","repeat_looper":1000,
			    "repeat_options":{"months":[1],"range":{"week_order":"first","day_type":"WEEK_DAY"}}}}}`,
			&Recurrence{Every: Yearly, Interval: 1000, Months: []time.Month{1}, Nth: &NthDay{FirstWeek, DayWorking}},
		},
	}
}

func TestTimeProfileFormsBothWays(t *testing.T) {
	t.Parallel()
	for name, form := range recurrenceForms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := `{"link_id":"` + testLink + `","name":"Night",
				"time_options":{"is_all_day":true,"date_from":-9007199254740991,"date_to":9007199254740993},
				"repeat_options":` + form.wire + `}`
			want := TimeProfile{
				LinkID: uuid.MustParse(testLink), Name: "Night", AllDay: true,
				From: -9007199254740991, To: 9007199254740993, Repeat: form.repeat,
			}
			got, err := decodeTimeProfile(json.RawMessage(wire))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("decode = %+v, %v; want %+v", got, err, want)
			}
			raw, err := encodeTimeProfile(want)
			if err != nil || string(raw) != compact(t, wire) {
				t.Errorf("encode = %s, %v\nwant %s", raw, err, compact(t, wire))
			}
		})
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEncodeTimeProfileSortsLists(t *testing.T) {
	t.Parallel()
	days := []time.Weekday{time.Sunday, time.Monday, time.Sunday}
	p := repeating(Recurrence{Every: Weekly, Interval: 1, Weekdays: days})
	p.LinkID = uuid.MustParse(testLink)
	raw, err := encodeTimeProfile(p)
	if err != nil || !strings.Contains(string(raw), `["MON","SUN"]`) {
		t.Errorf("encode = %s, %v", raw, err)
	}
	if days[0] != time.Sunday || days[2] != time.Sunday {
		t.Errorf("the caller's list became %v", days)
	}
}

func TestEncodeTimeProfileRefuses(t *testing.T) {
	t.Parallel()
	if raw, err := encodeTimeProfile(window(nil)); err == nil {
		t.Errorf("without a link_id: %s", raw)
	}
	p := repeating(Recurrence{Every: Weekly, Interval: 3})
	p.LinkID = uuid.MustParse(testLink)
	raw, err := encodeTimeProfile(p)
	if fields := FieldErrors(err); len(fields) != 1 || fields[0].Field != FieldWeekdays {
		t.Errorf("every third week: %s, %v", raw, err)
	}
	if err != nil && !strings.Contains(err.Error(), testLink) {
		t.Errorf("the error does not name the profile: %v", err)
	}
}

// withRepeat is an item with nothing but a recurrence.
func withRepeat(options string) string {
	return `{"name":"Night","repeat_options":` + options + `}`
}

// withFormat is an item whose repeat_format is given.
func withFormat(format string) string {
	return withRepeat(`{"repeat_enable":true,"repeat_format":` + format + `}`)
}

// withCustom is an item whose repeat_custom is given.
func withCustom(custom string) string {
	return withFormat(`{"repeat_type":"custom","repeat_custom":` + custom + `}`)
}

func TestDecodeTimeProfileIsTolerant(t *testing.T) {
	t.Parallel()
	night := func(r *Recurrence) TimeProfile { return TimeProfile{Name: "Night", Repeat: r} }
	tests := map[string]struct {
		wire string
		want TimeProfile
	}{
		"the documented work week": {
			// Type day, yet a custom recurrence (contract §3.1).
			withFormat(`{"repeat_type":"day","repeat_end":{"format":"date","date":1735639200},
				"repeat_custom":{"repeat_point_type":"week","repeat_looper":5,"repeat_options":["MON","TUE","WED","THU","FRI"]}}`),
			night(&Recurrence{
				Every: Weekly, Interval: 5, Weekdays: []time.Weekday{1, 2, 3, 4, 5}, Until: pointer(int64(1735639200)),
			}),
		},
		"nothing but a name":         {`{"name":"Night"}`, night(nil)},
		"nulls":                      {`{"name":"Night","link_id":null,"uid":null,"time_options":null,"repeat_options":null,"identifiers":null}`, night(nil)},
		"a link_id of another kind":  {`{"name":"Night","link_id":"group-7"}`, night(nil)},
		"a link_id that is a number": {`{"name":"Night","link_id":7}`, night(nil)},
		"a link_id in capitals": {
			`{"name":"Night","link_id":"` + strings.ToUpper(testLink) + `"}`,
			TimeProfile{Name: "Night", LinkID: uuid.MustParse(testLink)},
		},
		"item_uid":                            {`{"name":"Night","item_uid":3}`, TimeProfile{Name: "Night", UID: pointer(int64(3))}},
		"uid":                                 {`{"name":"Night","uid":"3"}`, TimeProfile{Name: "Night", UID: pointer(int64(3))}},
		"timeprofile_uid":                     {`{"name":"Night","item_uid":-1,"timeprofile_uid":3.0}`, TimeProfile{Name: "Night", UID: pointer(int64(3))}},
		"time_profile_uid":                    {`{"name":"Night","time_profile_uid":3}`, TimeProfile{Name: "Night", UID: pointer(int64(3))}},
		"a uid that is none":                  {`{"name":"Night","uid":-1}`, night(nil)},
		"identifiers by list":                 {`{"name":"Night","identifiers":{"uid_items":[4,5]}}`, TimeProfile{Name: "Night", AttachedIdentifiers: 2, AttachedKnown: true}},
		"identifiers by count":                {`{"name":"Night","identifiers":{"uid_items":[],"count":"3"}}`, TimeProfile{Name: "Night", AttachedIdentifiers: 3, AttachedKnown: true}},
		"identifiers, too few":                {`{"name":"Night","identifiers":{"uid_items":[4,5],"count":0}}`, TimeProfile{Name: "Night", AttachedIdentifiers: 2, AttachedKnown: true}},
		"identifiers, plain":                  {`{"name":"Night","identifiers":[4,5]}`, TimeProfile{Name: "Night", AttachedIdentifiers: 2, AttachedKnown: true}},
		"identifiers, by links":               {`{"name":"Night","identifiers":{"link_ids":["x"]}}`, TimeProfile{Name: "Night", AttachedIdentifiers: 1, AttachedKnown: true}},
		"identifiers, none":                   {`{"name":"Night","identifiers":[]}`, TimeProfile{Name: "Night", AttachedKnown: true}},
		"identifiers as text":                 {`{"name":"Night","identifiers":"three"}`, night(nil)},
		"identifiers as an object of nothing": {`{"name":"Night","identifiers":{}}`, night(nil)},
		"a count as text":                     {`{"name":"Night","identifiers":{"uid_items":[],"count":"three"}}`, night(nil)},
		"a count below zero":                  {`{"name":"Night","identifiers":{"count":-1}}`, night(nil)},
		"a count without digits":              {`{"name":"Night","identifiers":{"uid_items":[4],"count":null}}`, TimeProfile{Name: "Night", AttachedIdentifiers: 1}},
		"a list as a number":                  {`{"name":"Night","identifiers":{"uid_items":2}}`, night(nil)},
		"loose scalars": {
			`{"name":"Night","later":{"x":[1]},"time_options":{"is_all_day":"1","date_from":"1735639200","date_to":1735639201.0}}`,
			TimeProfile{Name: "Night", AllDay: true, From: 1735639200, To: 1735639201},
		},
		"a recurrence of former times": {
			withRepeat(`{"repeat_enable":false,"repeat_format":{"repeat_type":"fortnight","repeat_custom":[1]}}`), night(nil),
		},
		"a recurrence without a switch": {
			withRepeat(`{"repeat_format":{"repeat_type":"week"}}`), night(&Recurrence{Every: Weekly, Interval: 1}),
		},
		"words in another case": {
			withFormat(`{"repeat_type":"TWO_WEEKS","repeat_end":{"format":"NEVER","date":5}}`),
			night(&Recurrence{Every: Weekly, Interval: 2}),
		},
		"an end without a format": {
			withFormat(`{"repeat_type":"day","repeat_end":{"date":5}}`),
			night(&Recurrence{Every: Daily, Interval: 1, Until: pointer(int64(5))}),
		},
		"a custom form that is empty": {
			withFormat(`{"repeat_type":"day","repeat_custom":{}}`), night(&Recurrence{Every: Daily, Interval: 1}),
		},
		"a custom form without a type": {
			withFormat(`{"repeat_custom":{"repeat_point_type":"Day"}}`), night(&Recurrence{Every: Daily, Interval: 1}),
		},
		"a week of no days": {
			withCustom(`{"repeat_point_type":"week","repeat_looper":2,"repeat_options":null}`),
			night(&Recurrence{Every: Weekly, Interval: 2}),
		},
		"a week out of order": {
			withCustom(`{"repeat_point_type":"week","repeat_looper":"2","repeat_options":["Sun","mon","SUN"]}`),
			night(&Recurrence{Every: Weekly, Interval: 2, Weekdays: []time.Weekday{time.Monday, time.Sunday}}),
		},
		"a month of no format, by number": {
			withCustom(`{"repeat_point_type":"month","repeat_options":{"range":["31",1.0,31]}}`),
			night(&Recurrence{Every: Monthly, Interval: 1, MonthDays: []int{1, 31}}),
		},
		"a month of no format, by week": {
			withCustom(`{"repeat_point_type":"month","repeat_options":{"range":{"week_order":"Fifth","day_type":"weekDay"}}}`),
			night(&Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{FifthWeek, DayWorking}}),
		},
		"a month of no days": {
			withCustom(`{"repeat_point_type":"month","repeat_options":{"format":"dayNumbers","range":null}}`),
			night(&Recurrence{Every: Monthly, Interval: 1}),
		},
		"a year of nothing": {
			withCustom(`{"repeat_point_type":"year","repeat_options":{"months":null,"range":null}}`),
			night(&Recurrence{Every: Yearly, Interval: 1}),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeTimeProfile(json.RawMessage(test.wire))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("decode = %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestDecodeTimeProfileSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		wire  string
		wants []string
	}{
		"repeat_type":           {withFormat(`{"repeat_type":"fortnight"}`), []string{"repeat_type", `"fortnight"`}},
		"repeat_type, custom":   {withFormat(`{"repeat_type":"fortnight","repeat_custom":{"repeat_point_type":"day"}}`), []string{"repeat_type", `"fortnight"`}},
		"repeat_type missing":   {withFormat(`{"repeat_end":{"format":"never"}}`), []string{"repeat_type", "missing"}},
		"repeat_type a number":  {withFormat(`{"repeat_type":7}`), []string{"repeat_type", "7"}},
		"repeat_format missing": {withRepeat(`{"repeat_enable":true}`), []string{"repeat_format", "missing"}},
		"repeat_format a list":  {withFormat(`["day"]`), []string{"repeat_format", "day"}},
		"repeat_enable a word":  {withRepeat(`{"repeat_enable":"sometimes"}`), []string{"repeat_enable", "sometimes"}},
		"repeat_options a word": {withRepeat(`"daily"`), []string{"repeat_options", "daily"}},
		"repeat_custom missing": {withFormat(`{"repeat_type":"custom"}`), []string{"repeat_custom", "missing"}},
		"end format":            {withFormat(`{"repeat_type":"day","repeat_end":{"format":"count"}}`), []string{"repeat_end", `"count"`}},
		"end date missing":      {withFormat(`{"repeat_type":"day","repeat_end":{"format":"date"}}`), []string{"repeat_end", "date"}},
		"end date a word":       {withFormat(`{"repeat_type":"day","repeat_end":{"format":"date","date":"soon"}}`), []string{"repeat_end", "soon"}},
		"end a word":            {withFormat(`{"repeat_type":"day","repeat_end":"never"}`), []string{"repeat_end", "never"}},
		"point type":            {withCustom(`{"repeat_point_type":"hour"}`), []string{"repeat_point_type", `"hour"`}},
		"looper":                {withCustom(`{"repeat_point_type":"day","repeat_looper":1.5}`), []string{"repeat_looper", "1.5"}},
		"weekday":               {withCustom(`{"repeat_point_type":"week","repeat_options":["MON","FUNDAY"]}`), []string{"repeat_options", `"FUNDAY"`}},
		"weekdays an object":    {withCustom(`{"repeat_point_type":"week","repeat_options":{"MON":true}}`), []string{"repeat_options", "MON"}},
		"month format":          {withCustom(`{"repeat_point_type":"month","repeat_options":{"format":"moon"}}`), []string{"format", `"moon"`}},
		"month day":             {withCustom(`{"repeat_point_type":"month","repeat_options":{"range":["first"]}}`), []string{"range", "first"}},
		"week order":            {withCustom(`{"repeat_point_type":"month","repeat_options":{"range":{"week_order":"sixth","day_type":"MON"}}}`), []string{"week_order", `"sixth"`}},
		"day type":              {withCustom(`{"repeat_point_type":"year","repeat_options":{"months":[1],"range":{"week_order":"first","day_type":"HOLIDAY"}}}`), []string{"day_type", `"HOLIDAY"`}},
		"month":                 {withCustom(`{"repeat_point_type":"year","repeat_options":{"months":["May"]}}`), []string{"months", "May"}},
		"a time":                {`{"name":"Night","time_options":{"date_from":"08:00","date_to":"9"}}`, []string{"date_from", "08:00"}},
		"times":                 {`{"name":"Night","time_options":[1,2]}`, []string{"time_options"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := `{"link_id":"` + testLink + `","uid":3,` + strings.TrimPrefix(test.wire, "{")
			got, err := decodeTimeProfile(json.RawMessage(wire))
			if err == nil {
				t.Fatalf("decode = %+v, want an error", got)
			}
			for _, want := range append(test.wants, `"Night"`, testLink) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not mention %s", err, want)
				}
			}
			if got.Name != "Night" || got.LinkID.String() != testLink || got.UID == nil || *got.UID != 3 {
				t.Errorf("the profile lost what is known of it: %+v", got)
			}
			if got.Repeat != nil {
				t.Errorf("the profile has a recurrence that was not understood: %+v", got.Repeat)
			}
		})
	}
}

func TestDecodeTimeProfileRefusesWhatIsNoProfile(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{``, `null`, `{}`, `[]`, `7`, `"Night"`, `{`, `{"name":`, `[{"name":"Night"}]`} {
		if got, err := decodeTimeProfile(json.RawMessage(wire)); err == nil {
			t.Errorf("decode(%s) = %+v, want an error", wire, got)
		}
	}
}
