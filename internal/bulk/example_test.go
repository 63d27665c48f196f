package bulk_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// Users are deleted one by one, side by side, and each learns what became of its
// own, though few requests were made.
func Example() {
	deletes := bulk.New(bulk.Options[string, string, bool]{
		Key: func(user string) string { return user },
		Send: func(_ context.Context, users []string) (map[string]bulk.Answer[bool], error) {
			answers := map[string]bulk.Answer[bool]{}
			for _, user := range users { // in truth: one request with a list
				if user == "root" {
					answers[user] = bulk.Answer[bool]{Err: fmt.Errorf("%s cannot be deleted", user)}
					continue
				}
				answers[user] = bulk.Answer[bool]{Result: true}
			}
			return answers, nil
		},
		Max: 500,
	})
	defer deletes.Close()

	var all sync.WaitGroup
	for _, user := range []string{"ada", "grace", "root"} {
		all.Go(func() {
			deleted, err := deletes.Do(context.Background(), user)
			fmt.Println(user, deleted, err)
		})
	}
	all.Wait()
	// Unordered output:
	// ada true <nil>
	// grace true <nil>
	// root false root cannot be deleted
}
