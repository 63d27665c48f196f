package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watchMemory looks at the peak memory of every process of a name until the
// returned function is called, which returns the highest in KiB; 0 where the
// system does not tell, or no name is given.
func watchMemory(ctx context.Context, name string) func() int {
	if name == "" {
		return func() int { return 0 }
	}
	ctx, cancel := context.WithCancel(ctx)
	peak := make(chan int)
	go func() {
		highest := 0
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				peak <- highest
				return
			case <-ticker.C:
				highest = max(highest, peakMemory(name))
			}
		}
	}()
	return func() int {
		cancel()
		return <-peak
	}
}

func peakMemory(name string) int {
	highest := 0
	processes, _ := filepath.Glob("/proc/[0-9]*/status") // the pattern is well formed
	for _, path := range processes {
		data, err := os.ReadFile(path) //nolint:gosec // of the kernel's
		if err != nil {
			continue
		}
		status := string(data)
		// The kernel keeps the first 15 bytes of a name.
		if !strings.HasPrefix(status, "Name:\t"+name[:15]) {
			continue
		}
		_, after, _ := strings.Cut(status, "VmHWM:")
		fields := strings.Fields(after)
		if len(fields) > 0 {
			if kib, err := strconv.Atoi(fields[0]); err == nil {
				highest = max(highest, kib)
			}
		}
	}
	return highest
}
