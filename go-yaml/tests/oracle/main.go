// Parses texts with go-yaml: a line of Base64 in, a line of JSON out.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strings"
	"time"

	yamlv3 "gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// An outcome: a comparable description of the result, or the error.
type outcome struct {
	Ok  string `json:"ok,omitempty"`
	Err string `json:"err,omitempty"`
	// Whether the library's result varies.
	Random bool `json:"random,omitempty"`
}

type answer struct {
	// YAMLToJSON of sigs.k8s.io/yaml.
	JSON outcome `json:"json"`
	// YAMLToJSONStrict.
	Strict outcome `json:"strict"`
	// Unmarshal of go-yaml v3 into an interface{}.
	Value outcome `json:"value"`
	// The same into a map[string]interface{}.
	Mapping outcome `json:"mapping"`
	// The documents that kubectl decodes, up to the first error.
	Documents []outcome `json:"documents"`
}

// Describes data, with sorted map keys; strings are in Base64, because they may not be UTF-8.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(value)
	case int, int64, uint64:
		return fmt.Sprintf("i%d", value)
	case float64:
		if math.IsNaN(value) {
			return "fNaN"
		}
		return fmt.Sprintf("f%016x", math.Float64bits(value))
	case json.Number:
		return "n" + value.String()
	case string:
		return "s" + base64.StdEncoding.EncodeToString([]byte(value))
	case time.Time:
		return "t" + value.Format(time.RFC3339Nano)
	case []any:
		items := []string{}
		for _, item := range value {
			items = append(items, describe(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		fields := []string{}
		for key, field := range value {
			fields = append(fields, describe(key)+":"+describe(field))
		}
		sort.Strings(fields)
		return "{" + strings.Join(fields, ",") + "}"
	case map[any]any:
		fields := []string{}
		for key, field := range value {
			fields = append(fields, describe(key)+":"+describe(field))
		}
		sort.Strings(fields)
		return "{" + strings.Join(fields, ",") + "}"
	}
	return fmt.Sprintf("?%T", value)
}

func describeJSON(text []byte) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return describe(value), err
}

func attempt(read func() (string, error)) (found outcome) {
	defer func() {
		if fault := recover(); fault != nil {
			found = outcome{Err: fmt.Sprint("panic: ", fault)}
		}
	}()
	text, err := read()
	if err != nil {
		return outcome{Err: err.Error()}
	}
	return outcome{Ok: text}
}

// Repeats a call, because its result may depend on the order of a Go map.
func repeat(read func() (string, error)) outcome {
	first := attempt(read)
	for range 5 {
		if next := attempt(read); next.Ok != first.Ok || (next.Err == "") != (first.Err == "") {
			first.Random = true
		}
	}
	return first
}

func documents(text []byte) []outcome {
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	found := []outcome{}
	for {
		var object runtime.RawExtension
		err := decoder.Decode(&object)
		if err == io.EOF {
			return found
		}
		raw := bytes.TrimSpace(object.Raw)
		if err == nil && (len(raw) == 0 || bytes.Equal(raw, []byte("null"))) {
			continue
		}
		found = append(found, attempt(func() (string, error) {
			if err != nil {
				return "", err
			}
			return describeJSON(raw)
		}))
		if err != nil {
			return found
		}
	}
}

func ask(text []byte) answer {
	return answer{
		JSON: repeat(func() (string, error) {
			converted, err := yaml.YAMLToJSON(text)
			if err != nil {
				return "", err
			}
			return describeJSON(converted)
		}),
		Strict: repeat(func() (string, error) {
			converted, err := yaml.YAMLToJSONStrict(text)
			if err != nil {
				return "", err
			}
			return describeJSON(converted)
		}),
		Value: attempt(func() (string, error) {
			var value any
			err := yamlv3.Unmarshal(text, &value)
			return describe(value), err
		}),
		Mapping: attempt(func() (string, error) {
			value := map[string]any{}
			err := yamlv3.Unmarshal(text, &value)
			return describe(value), err
		}),
		Documents: documents(text),
	}
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(output)
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			return
		}
		text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil {
			panic(err)
		}
		if err := encoder.Encode(ask(text)); err != nil {
			panic(err)
		}
		output.Flush()
	}
}
