// Runs the API server's CEL: whether an expression is accepted, its estimated cost, and its result
// on a value.
//
// A request is a line of JSON, and so is an answer; answers come in the order of the requests.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// request is an expression, with a value and its schema.
type request struct {
	Schema       json.RawMessage `json:"schema"`
	ResourceRoot bool            `json:"resourceRoot"`
	Expression   string          `json:"expression"`
	Self         json.RawMessage `json:"self"`
	OldSelf      json.RawMessage `json:"oldSelf"`
	// OptionalOldSelf makes oldSelf an optional.
	OptionalOldSelf bool `json:"optionalOldSelf"`
	// Compatible is the minor version of the oldest server that must support the expression.
	Compatible uint `json:"compatible"`
	// Limit on the cost; 0 is the server's own.
	Limit uint64 `json:"limit"`
}

// answer is the result of a request.
type answer struct {
	// CompileError is the server's error if the expression is rejected.
	CompileError string `json:"compileError,omitempty"`
	// Type of the expression, in the checker's notation.
	Type string `json:"type,omitempty"`
	// Estimated is its maximum cost.
	Estimated uint64 `json:"estimated"`
	Value     string `json:"value,omitempty"`
	Error     string `json:"error,omitempty"`
	Cost      uint64 `json:"cost"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			var req request
			if err := json.Unmarshal(line, &req); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			if err := encoder.Encode(respond(&req)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		if in.Buffered() == 0 {
			out.Flush()
		}
		if err != nil {
			break
		}
	}
	out.Flush()
}
