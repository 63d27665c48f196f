package acctest

import (
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

// Main runs a package's tests and then fails if they left goroutines behind. It
// is what TestMain calls.
//
// Of each server of a provider in this process, go-plugin leaves two goroutines
// that read from pipes which nobody closes but the garbage collector: without a
// collection at the end it would be chance whether they are found.
func Main(m *testing.M) { goleak.VerifyTestMain(collected{m}) }

type collected struct{ m *testing.M }

// Run implements goleak.TestingM.
func (c collected) Run() int {
	code := c.m.Run()
	runtime.GC()
	return code
}
