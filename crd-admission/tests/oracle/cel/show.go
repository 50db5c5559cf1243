package main

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// show formats a value so that equal values of the same type have the same text.
func show(value ref.Val) string {
	switch v := value.(type) {
	case types.Bool:
		return fmt.Sprintf("bool(%v)", bool(v))
	case types.Int:
		return fmt.Sprintf("int(%d)", int64(v))
	case types.Uint:
		return fmt.Sprintf("uint(%d)", uint64(v))
	case types.Double:
		if math.IsNaN(float64(v)) {
			return "double(NaN)"
		}
		return fmt.Sprintf("double(%016x)", math.Float64bits(float64(v)))
	case types.String:
		return fmt.Sprintf("string(%s)", quote(string(v)))
	case types.Bytes:
		return fmt.Sprintf("bytes(%x)", []byte(v))
	case types.Null:
		return "null"
	case types.Timestamp:
		return fmt.Sprintf("timestamp(%d.%09d)", v.Unix(), v.Nanosecond())
	case types.Duration:
		return fmt.Sprintf("duration(%d)", int64(v.Duration))
	case *types.Type:
		return fmt.Sprintf("type(%s)", v.TypeName())
	case *types.Optional:
		if !v.HasValue() {
			return "optional()"
		}
		return fmt.Sprintf("optional(%s)", show(v.GetValue()))
	case *types.Err:
		return "error"
	case traits.Lister:
		var items []string
		for it := v.Iterator(); it.HasNext() == types.True; {
			items = append(items, show(it.Next()))
		}
		return fmt.Sprintf("list(%s)", strings.Join(items, ", "))
	case traits.Mapper:
		var entries []string
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			if key == nil {
				continue
			}
			entries = append(entries, show(key)+": "+show(v.Get(key)))
		}
		sort.Strings(entries)
		return fmt.Sprintf("map(%s)", strings.Join(entries, ", "))
	}
	return value.Type().TypeName()
}

func quote(text string) string {
	out := &strings.Builder{}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return strings.TrimSuffix(out.String(), "\n")
}
