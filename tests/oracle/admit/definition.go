package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// judgeDefinitions validates CRDs as on creation: one CRD per line in, a list of errors per line
// out.
func judgeDefinitions(in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	w := bufio.NewWriterSize(out, 1<<20)
	defer w.Flush()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			if err := enc.Encode(judgeDefinition(line)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func judgeDefinition(body []byte) (errs []VerdictError) {
	defer func() {
		if fault := recover(); fault != nil { // a server answers with an internal error
			errs = []VerdictError{{Type: "Panic", Detail: fmt.Sprint(fault)}}
		}
	}()
	obj, _, err := apiserver.Codecs.UniversalDecoder(apiextensions.SchemeGroupVersion).Decode(body, nil, &apiextensions.CustomResourceDefinition{})
	if err != nil {
		return []VerdictError{{Type: "BadRequest", Detail: err.Error(), Message: err.Error()}}
	}
	strategy := customresourcedefinition.NewStrategy(apiserver.Scheme)
	ctx := context.Background()
	strategy.PrepareForCreate(ctx, obj)
	errs = definitionErrors(strategy.Validate(ctx, obj.(runtime.Object)))
	sortErrors(errs)
	return errs
}

// definitionErrors omits the message, which prints values of the server's own types, some of them
// pointers.
func definitionErrors(errs field.ErrorList) []VerdictError {
	out := []VerdictError{}
	for _, e := range errs {
		out = append(out, VerdictError{Type: string(e.Type), Field: e.Field, Detail: e.Detail})
	}
	return out
}
