package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A patchOp is one operation of a JSON Patch (RFC 6902).
type patchOp struct {
	op, path string
	value    any
}

// readPatch reads the body of a PATCH. The operations move and copy are
// refused: they need a from, which the vendor's schema does not have (contract
// §2.3).
func readPatch(body []byte) ([]patchOp, *tenantError) {
	v, err := decodeAny(body)
	array, ok := v.([]any)
	if err != nil || !ok {
		return nil, illegal("the request body is not an array of JSON Patch operations")
	}
	var ops []patchOp
	for i, e := range array {
		o, _ := e.(map[string]any)
		op, _ := o["op"].(string)
		path, isPath := o["path"].(string)
		value, hasValue := o["value"]
		switch {
		case !slices.Contains([]string{"add", "replace", "remove", "test"}, op):
			return nil, illegal(fmt.Sprintf("operation %d: op is none of add, replace, remove, test", i))
		case !isPath || !strings.HasPrefix(path, "/"):
			return nil, illegal(fmt.Sprintf("operation %d: path is not that of a member", i))
		case !hasValue && op != "remove":
			return nil, illegal(fmt.Sprintf("operation %d: value is missing", i))
		}
		ops = append(ops, patchOp{op, path, value})
	}
	return ops, nil
}

// writable are the members of a profile that a patch may change (contract
// §2.3). What becomes of the others is not stated; they are refused.
var writable = []string{"name", "description", "priority", "owner", "authoritativeSource", "identityAttributeConfig"}

// patchable refuses a change of what only the server writes, and one of both
// the source and the mappings (contract §2.3).
func patchable(ops []patchOp) *tenantError {
	changed := map[string]bool{}
	for _, op := range ops {
		if op.op == "test" {
			continue
		}
		member := op.tokens()[0]
		if !slices.Contains(writable, member) {
			return &tenantError{status: 400, detail: "400.1.3 Illegal value", reason: member + " cannot be changed"}
		}
		changed[member] = true
	}
	if changed["authoritativeSource"] && changed["identityAttributeConfig"] {
		return illegal("authoritativeSource and identityAttributeConfig cannot be changed in one request")
	}
	return nil
}

// tokens are the parts of the path (RFC 6901).
func (op patchOp) tokens() []string {
	parts := strings.Split(op.path[1:], "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
	}
	return parts
}

// apply changes doc in place, or fails with doc in between.
func (op patchOp) apply(doc map[string]any) *tenantError {
	if _, ok := op.at(doc, op.tokens()); !ok {
		return illegal(fmt.Sprintf("%s of %s is not possible", op.op, op.path))
	}
	return nil
}

// at applies the operation to the value that tokens lead to from v, and returns
// what v has become: a map stays the one it is, and an array may not.
func (op patchOp) at(v any, tokens []string) (any, bool) {
	key, last := tokens[0], len(tokens) == 1
	switch v := v.(type) {
	case map[string]any:
		old, found := v[key]
		switch {
		case !last:
			changed, ok := op.at(old, tokens[1:])
			if ok {
				v[key] = changed
			}
			return v, ok
		case op.op == "add", op.op == "replace" && found:
			v[key] = op.value
			return v, true
		case op.op == "remove" && found:
			delete(v, key)
			return v, true
		case op.op == "test":
			return v, found && sameJSON(old, op.value)
		}
	case []any:
		if last && op.op == "add" && key == "-" {
			return append(v, op.value), true
		}
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || strconv.Itoa(i) != key || i > len(v) {
			return nil, false
		}
		if last && op.op == "add" {
			return slices.Insert(v, i, op.value), true
		}
		if i == len(v) {
			return nil, false
		}
		switch {
		case !last:
			changed, ok := op.at(v[i], tokens[1:])
			if ok {
				v[i] = changed
			}
			return v, ok
		case op.op == "replace":
			v[i] = op.value
			return v, true
		case op.op == "remove":
			return slices.Delete(v, i, i+1), true
		case op.op == "test":
			return v, sameJSON(v[i], op.value)
		}
	}
	return nil, false
}
