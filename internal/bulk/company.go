package bulk

import "sync"

// Company counts the callers of several groups, which tells a group that nobody
// else will come: because as many of all callers wait as were ever seen together,
// or because few of them come to this group. With twenty panels and ten callers two
// meet at one panel by chance; the next one there would wait for another in vain.
// The zero value is ready for use.
type Company struct {
	mu      sync.Mutex
	present int
	peak    int
}

// came notes an arrival.
func (c *Company) came() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.present++
	c.peak = max(c.peak, c.present)
}

// went notes that so many have left or got their answer.
func (c *Company) went(callers int) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.present -= callers
}

// A group that never saw more than so many callers together, and not more than one
// in so many of all, takes their meeting for chance.
const (
	chance = 3
	share  = 4
)

// elsewhere reports whether a group that saw at most so many callers together need
// not wait for more.
func (c *Company) elsewhere(peak int) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.present >= c.peak || peak <= chance && peak*share <= c.peak
}
