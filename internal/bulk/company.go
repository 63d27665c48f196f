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

// part is the share of all callers, one in so many, up to which a group takes
// those it has seen together for a chance meeting.
const part = 4

// elsewhere reports whether a group that has seen at most so many callers together
// need not wait for more.
func (c *Company) elsewhere(peak int) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.present >= c.peak || peak*part <= c.peak
}
