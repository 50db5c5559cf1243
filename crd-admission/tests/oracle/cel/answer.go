package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/version"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

// declared is a schema and its declarations.
type declared struct {
	structural *schema.Structural
	decl       *apiservercel.DeclType
	envs       map[variant]*cel.Env
}

// variant identifies an environment of a schema.
type variant struct {
	optionalOldSelf bool
	compatible      uint
}

// The last schema: requests with the same schema are consecutive.
var (
	last       declared
	lastSchema []byte
	lastRoot   bool
)

func declare(req *request) (*declared, error) {
	if last.structural != nil && lastRoot == req.ResourceRoot && bytes.Equal(lastSchema, req.Schema) {
		return &last, nil
	}
	var v1 apiextensionsv1.JSONSchemaProps
	if err := json.Unmarshal(req.Schema, &v1); err != nil {
		return nil, err
	}
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1, &props, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(&props)
	if err != nil {
		return nil, err
	}
	last = declared{
		structural: structural,
		decl:       model.SchemaDeclType(structural, req.ResourceRoot),
		envs:       map[variant]*cel.Env{},
	}
	lastSchema, lastRoot = req.Schema, req.ResourceRoot
	if last.decl == nil {
		return nil, fmt.Errorf("no declaration for the schema")
	}
	return &last, nil
}

// env is the server's environment with the variables of a rule.
func (d *declared) env(of variant) (*cel.Env, error) {
	if env, ok := d.envs[of]; ok {
		return env, nil
	}
	scoped := d.decl.MaybeAssignTypeName("selfType")
	old := scoped.CelType()
	if of.optionalOldSelf {
		old = types.NewOptionalType(old)
	}
	set, err := environment.MustBaseEnvSet(version.MajorMinor(1, of.compatible)).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions: []cel.EnvOption{
			cel.Variable("self", scoped.CelType()),
			cel.Variable("oldSelf", old),
		},
		DeclTypes: []*apiservercel.DeclType{scoped},
	})
	if err != nil {
		return nil, err
	}
	d.envs[of] = set.NewExpressionsEnv()
	return d.envs[of], nil
}

func respond(req *request) (ans answer) {
	d, err := declare(req)
	if err != nil {
		return answer{CompileError: "schema: " + err.Error()}
	}
	env, err := d.env(variant{req.OptionalOldSelf, req.Compatible})
	if err != nil {
		return answer{CompileError: "environment: " + err.Error()}
	}
	defer func() {
		if r := recover(); r != nil {
			ans = answer{CompileError: fmt.Sprintf("panic: %v", r)}
		}
	}()
	ast, issues := env.Compile(req.Expression)
	if issues != nil {
		return answer{CompileError: "compilation failed: " + issues.String()}
	}
	ans.Type = checker.FormatCELType(ast.OutputType())
	estimator := &library.CostEstimator{SizeEstimator: &sizeEstimator{root: d.decl}}
	limit := req.Limit
	if limit == 0 {
		limit = celconfig.PerCallLimit
	}
	program, err := env.Program(ast, cel.CostLimit(limit), cel.CostTracking(estimator))
	if err != nil {
		return answer{CompileError: "instantiation failed: " + err.Error()}
	}
	estimate, err := env.EstimateCost(ast, estimator)
	if err != nil {
		return answer{CompileError: "cost estimation failed: " + err.Error()}
	}
	ans.Estimated = estimate.Max
	d.evaluate(req, program, &ans)
	return ans
}

func (d *declared) evaluate(req *request, program cel.Program, ans *answer) {
	structural := d.structural
	if req.ResourceRoot {
		structural = model.WithTypeAndObjectMeta(structural)
	}
	vars := &variables{self: d.value(req.Self, structural)}
	if len(req.OldSelf) > 0 {
		vars.oldSelf = d.value(req.OldSelf, structural)
	}
	if req.OptionalOldSelf {
		if vars.oldSelf == nil {
			vars.oldSelf = types.OptionalNone
		} else {
			vars.oldSelf = types.OptionalOf(vars.oldSelf)
		}
	}
	value, details, err := program.Eval(vars)
	if details != nil && details.ActualCost() != nil {
		ans.Cost = *details.ActualCost()
	}
	if err != nil {
		ans.Error = err.Error()
	} else {
		ans.Value = show(value)
	}
}

func (d *declared) value(text json.RawMessage, structural *schema.Structural) ref.Val {
	var object interface{}
	if err := utiljson.Unmarshal(text, &object); err != nil {
		return types.NewErr("%v", err)
	}
	return common.UnstructuredToVal(object, &model.Structural{Structural: structural})
}

// variables is the activation of a rule.
type variables struct {
	self, oldSelf ref.Val
}

func (v *variables) ResolveName(name string) (interface{}, bool) {
	switch name {
	case "self":
		return v.self, true
	case "oldSelf":
		return v.oldSelf, v.oldSelf != nil
	}
	return nil, false
}

func (v *variables) Parent() interpreter.Activation { return nil }

// sizeEstimator finds the largest size of a path in the schema, as the server's does.
type sizeEstimator struct {
	root *apiservercel.DeclType
}

func (e *sizeEstimator) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	if len(node.Path()) == 0 {
		return nil
	}
	at := e.root
	for _, step := range node.Path()[1:] {
		switch step {
		case "@items", "@values":
			at = at.ElemType
		case "@keys":
			at = at.KeyType
		default:
			field, ok := at.Fields[step]
			if !ok {
				return nil
			}
			at = field.Type
		}
		if at == nil {
			return nil
		}
	}
	return &checker.SizeEstimate{Min: 0, Max: uint64(at.MaxElements)}
}

func (e *sizeEstimator) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}
