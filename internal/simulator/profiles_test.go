package simulator_test

import (
	"encoding/json"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestTimeProfileComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{Identifiers: []simulator.Identifier{{UID: 3, Type: "card", TimeProfileLinkIDs: []string{id(1)}}}})
	c := login(t, p)
	item := profile(1, "Work <week>", obj{
		"time_options": obj{"is_all_day": false, "date_from": 9007199254740993, "date_to": 9007199254740995, "later_field": "a&b"},
		"repeat_options": obj{"repeat_enable": true, "repeat_format": obj{
			"repeat_type": "custom", "repeat_end": obj{"format": "date", "date": 1800000000},
			"repeat_custom": obj{"repeat_point_type": "week", "repeat_looper": 1, "repeat_options": []string{"MON", "FRI"}},
		}},
	})
	r := c.upsert(profilesPath, item)
	equal(t, "create", r.outcomes(), "created")
	equal(t, "has_dublicates", r.at("result", 0, "has_dublicates"), false)

	// The numbers are too big for the float64 of a decoded any.
	var listed struct {
		ListItems []map[string]json.RawMessage `json:"list_items"`
	}
	raw := c.do("GET", profilesPath, nil).raw
	if err := json.Unmarshal([]byte(raw), &listed); err != nil || len(listed.ListItems) != 1 {
		t.Fatalf("listing: %v: %s", err, raw)
	}
	for _, k := range []string{"link_id", "name", "time_options", "repeat_options"} {
		equal(t, k, listed.ListItems[0][k], item[k])
	}
	equal(t, "identifiers", listed.ListItems[0]["identifiers"], obj{"count": 1, "uid_items": []int{3}})
	equal(t, "by uid", c.do("GET", "/api/v1/access/timeprofile/item/1", nil).at("name"), "Work <week>")

	equal(t, "update", c.upsert(profilesPath, profile(1, "Week")).outcomes(), "updated")
	equal(t, "uid", p.State().TimeProfiles[0].UID, 1)
	equal(t, "name", p.State().TimeProfiles[0].Name, "Week")
}

func TestTimeProfilesMayShareAName(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	c.upsert(profilesPath, profile(1, "Week"))
	r := c.upsert(profilesPath, profile(2, "Week"))
	equal(t, "outcome", r.outcomes(), "created")
	equal(t, "has_dublicates", r.at("result", 0, "has_dublicates"), true)
}

// repeat is repeat_options with a custom recurrence.
func repeat(custom obj) obj {
	return obj{"repeat_enable": true, "repeat_format": obj{"repeat_type": "custom", "repeat_end": obj{"format": "never"}, "repeat_custom": custom}}
}

func custom(pointType string, looper int, options any) obj {
	o := obj{"repeat_point_type": pointType, "repeat_looper": looper}
	if options != nil {
		o["repeat_options"] = options
	}
	return repeat(o)
}

func month(format string, r any) obj { return custom("month", 1, obj{"format": format, "range": r}) }

func TestTimeProfileRules(t *testing.T) {
	t.Parallel()
	second := obj{"week_order": "second", "day_type": "TUE"}
	format := func(f obj) obj { return obj{"repeat_enable": true, "repeat_format": f} }
	end := func(e obj) obj { return format(obj{"repeat_type": "day", "repeat_end": e}) }
	for name, tt := range map[string]struct {
		repeat obj
		want   string // "" is accepted
	}{
		"no repetition":           {obj{"repeat_enable": false}, ""},
		"daily":                   {end(obj{"format": "never"}), ""},
		"until a date":            {end(obj{"format": "date", "date": 1800000000}), ""},
		"every other week":        {format(obj{"repeat_type": "twoWeeks", "repeat_end": obj{"format": "never"}}), ""},
		"days of the week":        {custom("week", 1, []string{"MON", "SUN"}), ""},
		"every third day":         {custom("day", 3, nil), ""},
		"most rarely":             {custom("day", 1000, nil), ""},
		"days of the month":       {month("dayNumbers", []int{1, 31}), ""},
		"second Tuesday":          {month("parameterizedDay", second), ""},
		"last day off":            {month("parameterizedDay", obj{"week_order": "last", "day_type": "DAY_OFF"}), ""},
		"months":                  {custom("year", 1, obj{"months": []int{1, 12}}), ""},
		"second Tuesday of March": {custom("year", 1, obj{"months": []int{3}, "range": second}), ""},
		"documented odd sample": {format(obj{
			"repeat_type": "day", "repeat_end": obj{"format": "date", "date": 1},
			"repeat_custom": obj{"repeat_point_type": "week", "repeat_looper": 5, "repeat_options": []string{"MON"}},
		}), ""},

		"repeat_type":            {format(obj{"repeat_type": "fortnight", "repeat_end": obj{"format": "never"}}), "Wrong repeat_type"},
		"end format":             {end(obj{"format": "count"}), "Wrong format enum name"},
		"month format":           {month("weekNumbers", []int{1}), "Wrong format enum name"},
		"point type":             {custom("hour", 1, nil), "Wrong repeat_point_type enum name"},
		"weekday":                {custom("week", 1, []string{"MON", "Tue"}), "Wrong repeat_options enum name"},
		"week order of a month":  {month("parameterizedDay", obj{"week_order": "sixth", "day_type": "MON"}), "Wrong repeat_options enum name"},
		"day type of a month":    {month("parameterizedDay", obj{"week_order": "first", "day_type": "HOLIDAY"}), "Wrong repeat_options enum name"},
		"looper too low":         {custom("day", 0, nil), "Wrong repeat_looper range"},
		"looper too high":        {custom("day", 1001, nil), "Wrong repeat_looper range"},
		"no weekday":             {custom("week", 1, []string{}), "Set in WeekOptions can't be empty"},
		"day of a year":          {custom("year", 1, obj{"months": []int{1}, "range": obj{"week_order": "sixth", "day_type": "MON"}}), "Wrong year range"},
		"no month":               {custom("year", 1, obj{"months": []int{}}), "Set in YearOptions can't be empty"},
		"day of a month too low": {month("dayNumbers", []int{0}), "Wrong DayOfMonth range"},
		"day of a month":         {month("dayNumbers", []int{1, 32}), "Wrong DayOfMonth range"},
		"month of a year":        {custom("year", 1, obj{"months": []int{13}}), "Wrong months range"},
		"no day of a month":      {month("dayNumbers", []int{}), "Set in dayNumbers can't be empty"},

		"no repeat_enable":     {obj{}, "Wrong JSON body: no value for `repeat_enable`"},
		"no repeat_format":     {obj{"repeat_enable": true}, "Wrong JSON body: no value for `repeat_format`"},
		"no repeat_type":       {format(obj{}), "Wrong JSON body: no value for `repeat_type`"},
		"no repeat_end":        {format(obj{"repeat_type": "day"}), "Wrong JSON body: no value for `repeat_end`"},
		"no end format":        {end(obj{}), "Wrong JSON body: no value for `format`"},
		"no end date":          {end(obj{"format": "date"}), "Wrong JSON body: no value for `date`"},
		"end date a text":      {end(obj{"format": "date", "date": "2030-01-01"}), "Wrong JSON body: value `date` was of the wrong type"},
		"no repeat_custom":     {format(obj{"repeat_type": "custom", "repeat_end": obj{"format": "never"}}), "Wrong JSON body: no value for `repeat_custom`"},
		"no point type":        {repeat(obj{}), "Wrong JSON body: no value for `repeat_point_type`"},
		"no looper":            {repeat(obj{"repeat_point_type": "day"}), "Wrong JSON body: no value for `repeat_looper`"},
		"no weekdays":          {custom("week", 1, nil), "Wrong JSON body: no value for `repeat_options`"},
		"weekdays an object":   {custom("week", 1, obj{}), "Wrong JSON body: value `repeat_options` was of the wrong type"},
		"no months":            {custom("year", 1, obj{}), "Wrong JSON body: no value for `months`"},
		"no range":             {custom("month", 1, obj{"format": "dayNumbers"}), "Wrong JSON body: no value for `range`"},
		"range of wrong type":  {month("dayNumbers", second), "Wrong JSON body: value `range` was of the wrong type"},
		"no day type of a day": {month("parameterizedDay", obj{"week_order": "first"}), "Wrong JSON body: no value for `day_type`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t).Panel("lobby")
			r := login(t, p).upsert(profilesPath, profile(1, "Good"), profile(2, "Tested", obj{"repeat_options": tt.repeat}))
			if tt.want == "" {
				equal(t, "outcome", r.outcomes(), "created created")
				return
			}
			equal(t, "status", r.status, 400)
			equal(t, "error", r.at("error"), tt.want)
			equal(t, "stored", len(p.State().TimeProfiles), 0)
		})
	}
}

func TestTimeProfileFieldsAreRequired(t *testing.T) {
	t.Parallel()
	window := func(more obj) obj {
		return obj{"time_options": with(obj{"is_all_day": true, "date_from": 1, "date_to": 2}, more)}
	}
	for name, tt := range map[string]struct {
		more obj
		want string
	}{
		"no link_id":         {obj{"link_id": nil}, "no value for `link_id`"},
		"no name":            {obj{"name": nil}, "no value for `name`"},
		"no time_options":    {obj{"time_options": nil}, "no value for `time_options`"},
		"time_options text":  {obj{"time_options": "x"}, "value `time_options` was of the wrong type"},
		"no repeat_options":  {obj{"repeat_options": nil}, "no value for `repeat_options`"},
		"no is_all_day":      {window(obj{"is_all_day": nil}), "no value for `is_all_day`"},
		"is_all_day a text":  {window(obj{"is_all_day": "yes"}), "value `is_all_day` was of the wrong type"},
		"no date_from":       {window(obj{"date_from": nil}), "no value for `date_from`"},
		"date_to a fraction": {window(obj{"date_to": 1.5}), "value `date_to` was of the wrong type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := login(t, start(t).Panel("lobby")).upsert(profilesPath, profile(1, "x", tt.more))
			equal(t, "status", r.status, 400)
			equal(t, "error", r.at("error"), "Wrong JSON body: "+tt.want)
		})
	}
}

func TestBadItemFailsAlone(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) { s.BadItem = "per_item" })
	c := login(t, p)
	r := c.upsert(profilesPath, profile(1, "Good"), profile(2, "Bad", obj{"repeat_options": custom("day", 0, nil)}), profile(3, "Good too"))
	equal(t, "outcomes", r.outcomes(), "created !invalid_time_rules_settings created")
	equal(t, "stored", c.do("GET", profilesPath, nil).names(), "Good Good too")
	equal(t, "wrong shape", c.upsert(profilesPath, obj{"link_id": id(1)}).status, 400)
}

func TestTimeProfilesByUIDAndAll(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	local := seedProfile(1, "local")
	local.LinkID = ""
	p.SetState(simulator.PanelState{TimeProfiles: []simulator.TimeProfile{local, seedProfile(2, "Day")}})
	c := login(t, p)
	equal(t, "all", c.do("GET", "/api/v1/access/timeprofile/items", nil).names(), "local Day")
	equal(t, "with link_id", c.do("GET", profilesPath, nil).names(), "Day")
	equal(t, "null link_id", c.do("GET", "/api/v1/access/timeprofile/item/1", nil).at("link_id"), nil)
	equal(t, "unknown uid", c.do("GET", "/api/v1/access/timeprofile/item/3", nil).status, 404)
	equal(t, "delete of unknown uid", c.do("DELETE", "/api/v1/access/timeprofile/item/3", nil).status, 404)
}
