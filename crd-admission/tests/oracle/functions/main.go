// Calls every function that rules can call with made arguments, as the API server does, and writes
// a line of JSON for each call: the overload, its arguments, and its value or error with its cost.
//
//	go run . -count 100 -seed 1 > functions.jsonl
//	go run . -declarations > declarations.jsonl
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/decls"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"k8s.io/apimachinery/pkg/util/version"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

// record is a call and its result.
type record struct {
	Overload  string   `json:"overload"`
	Arguments []any    `json:"arguments"`
	Value     any      `json:"value,omitempty"`
	Error     string   `json:"error,omitempty"`
	Cost      uint64   `json:"cost"`
	Types     []string `json:"types"`
	// Sizes and ItemSizes are sizes that a schema may give to the arguments, Estimate the estimated
	// cost.
	Sizes     []*bounds `json:"sizes"`
	ItemSizes []*bounds `json:"itemSizes"`
	Estimate  bounds    `json:"estimate"`
}

// bounds are the minimum and the maximum.
type bounds [2]uint64

func main() {
	count := flag.Int("count", 100, "calls of each overload")
	seed := flag.Int64("seed", 1, "seed of the arguments")
	only := flag.String("only", "", "one overload")
	declarations := flag.Bool("declarations", false, "write the signatures of all overloads instead")
	flag.Parse()
	base := environment.MustBaseEnvSet(version.MajorMinor(1, 34)).NewExpressionsEnv()
	random := rand.New(rand.NewSource(*seed))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, function := range functions(base) {
		for _, overload := range function.OverloadDecls() {
			if *declarations {
				if err := encoder.Encode(declaration(function.Name(), overload)); err != nil {
					panic(err)
				}
				continue
			}
			if *only != "" && overload.ID() != *only || strings.Contains(fmt.Sprint(overload.ArgTypes(), overload.ResultType()), "authorization") {
				continue
			}
			for range *count {
				if call := call(base, random, function.Name(), overload); call != nil {
					if err := encoder.Encode(call); err != nil {
						panic(err)
					}
				}
			}
		}
	}
}

// declaration is the signature of an overload.
func declaration(name string, overload *decls.OverloadDecl) any {
	parameters := []string{}
	for _, parameter := range overload.ArgTypes() {
		parameters = append(parameters, checker.FormatCELType(parameter))
	}
	return map[string]any{
		"function": name,
		"overload": overload.ID(),
		"member":   overload.IsMemberFunction(),
		"types":    parameters,
		"result":   checker.FormatCELType(overload.ResultType()),
	}
}

func functions(env *cel.Env) []*decls.FunctionDecl {
	var all []*decls.FunctionDecl
	for _, function := range env.Functions() {
		if !function.IsDeclarationDisabled() {
			all = append(all, function)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all
}

// call generates arguments and calls an overload with them; nil if no text can call it.
func call(base *cel.Env, random *rand.Rand, name string, overload *decls.OverloadDecl) *record {
	text := expression(name, overload)
	if text == "" {
		return nil
	}
	g := generator{Rand: random, function: name, bound: map[string]*cel.Type{}}
	for _, declared := range overload.ArgTypes() {
		g.bindKeys(declared)
	}
	variables := map[string]any{}
	var options []cel.EnvOption
	arguments := []any{}
	for i, declared := range overload.ArgTypes() {
		argument := g.resolve(declared)
		value := g.value(argument, i)
		id := "a" + strconv.Itoa(i)
		variables[id] = value
		options = append(options, cel.Variable(id, argument))
		arguments = append(arguments, encode(value))
	}
	env, err := base.Extend(options...)
	if err != nil {
		panic(err)
	}
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		panic(fmt.Sprintf("%s of %s: %v", text, overload.ID(), issues.Err()))
	}
	program, err := env.Program(checked)
	if err != nil {
		panic(err)
	}
	value, details, err := program.Eval(variables)
	result := &record{
		Overload:  overload.ID(),
		Arguments: arguments,
		Types:     []string{},
		Sizes:     []*bounds{},
		ItemSizes: []*bounds{},
	}
	result.estimate(env, checked, g, overload)
	if details != nil && details.ActualCost() != nil {
		// Every variable costs 1.
		result.Cost = *details.ActualCost() - uint64(len(arguments))
	}
	if result.Cost > celconfig.PerCallLimit {
		return nil
	}
	if err != nil {
		result.Error = err.Error()
	} else {
		result.Value = encode(value)
	}
	return result
}

// estimate records the costs of a call on arguments of any size.
func (r *record) estimate(env *cel.Env, checked *cel.Ast, g generator, overload *decls.OverloadDecl) {
	sizes := schema{}
	for i, declared := range overload.ArgTypes() {
		argument := g.resolve(declared)
		r.Types = append(r.Types, argument.String())
		r.Sizes = append(r.Sizes, sizes.add(g, argument, "a"+strconv.Itoa(i)))
		var items *bounds
		if argument.Kind() == types.ListKind {
			items = sizes.add(g, argument.Parameters()[0], "a"+strconv.Itoa(i)+".@items")
		}
		r.ItemSizes = append(r.ItemSizes, items)
	}
	estimate, err := env.EstimateCost(checked, &library.CostEstimator{SizeEstimator: sizes})
	if err != nil {
		panic(err)
	}
	r.Estimate = bounds{estimate.Min, estimate.Max}
	for i := range r.Estimate {
		// Every variable costs 1; saturated costs stay.
		if r.Estimate[i] < math.MaxUint64 {
			r.Estimate[i] -= uint64(len(overload.ArgTypes()))
		}
	}
}

// schema has sizes by path.
type schema map[string]bounds

// add generates a size for a path; nil for values of constant size.
func (s schema) add(g generator, t *cel.Type, path string) *bounds {
	switch t.Kind() {
	case types.StringKind, types.BytesKind, types.ListKind, types.MapKind:
	case types.NullTypeKind, types.StructKind, types.DynKind, types.TypeKind:
		return nil
	case types.OpaqueKind:
		if t.TypeName() == "optional_type" && scalar(t.Parameters()[0]) {
			return &bounds{1, 1}
		}
		return nil
	default:
		return &bounds{1, 1}
	}
	if g.Intn(8) == 0 {
		return nil
	}
	least := uint64(g.Intn(50))
	size := bounds{least, least + uint64(pick(g, 0, 1, g.Intn(1000), g.Int()))}
	s[path] = size
	return &size
}

// scalar reports whether all values of a type have the same size.
func scalar(t *cel.Type) bool {
	switch t.Kind() {
	case types.BoolKind, types.IntKind, types.UintKind, types.DoubleKind, types.TimestampKind, types.DurationKind:
		return true
	case types.OpaqueKind:
		return t.TypeName() == "optional_type" && scalar(t.Parameters()[0])
	}
	return false
}

// EstimateSize implements checker.CostEstimator.
func (s schema) EstimateSize(element checker.AstNode) *checker.SizeEstimate {
	if size, ok := s[strings.Join(element.Path(), ".")]; ok {
		return &checker.SizeEstimate{Min: size[0], Max: size[1]}
	}
	return nil
}

// EstimateCallCost implements checker.CostEstimator.
func (s schema) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

// expression is the text of a call of an overload.
func expression(name string, overload *decls.OverloadDecl) string {
	switch name {
	case "!_":
		return "!a0"
	case "-_":
		return "-a0"
	case "@in":
		return "a0 in a1"
	case "_?_:_", "_&&_", "_||_", "_[_]", "_[?_]", "_?._", "or", "orValue", "dyn", "type":
		// The evaluated operands cost, not the call.
		return ""
	}
	if strings.HasPrefix(name, "_") {
		return "a0 " + strings.Trim(name, "_") + " a1"
	}
	if strings.Contains(name, "@") {
		return ""
	}
	var arguments []string
	for i := range overload.ArgTypes() {
		arguments = append(arguments, "a"+strconv.Itoa(i))
	}
	if overload.IsMemberFunction() {
		return arguments[0] + "." + name + "(" + strings.Join(arguments[1:], ", ") + ")"
	}
	return name + "(" + strings.Join(arguments, ", ") + ")"
}

type generator struct {
	*rand.Rand
	function string
	bound    map[string]*cel.Type
}

var scalars = []*cel.Type{
	cel.BoolType, cel.IntType, cel.UintType, cel.DoubleType, cel.StringType, cel.BytesType,
	cel.TimestampType, cel.DurationType,
}

// resolve replaces type parameters by types.
func (g generator) resolve(t *cel.Type) *cel.Type {
	switch t.Kind() {
	case types.TypeParamKind:
		if g.bound[t.TypeName()] == nil {
			g.bound[t.TypeName()] = scalars[g.Intn(len(scalars))]
		}
		return g.bound[t.TypeName()]
	case types.ListKind:
		return cel.ListType(g.resolve(t.Parameters()[0]))
	case types.MapKind:
		return cel.MapType(g.resolve(t.Parameters()[0]), g.resolve(t.Parameters()[1]))
	case types.OpaqueKind:
		if t.TypeName() == "optional_type" {
			return cel.OptionalType(g.resolve(t.Parameters()[0]))
		}
	}
	return t
}

// bindKeys replaces type parameters of map keys by types of keys.
func (g generator) bindKeys(t *cel.Type) {
	for _, parameter := range t.Parameters() {
		g.bindKeys(parameter)
	}
	if t.Kind() == types.MapKind && t.Parameters()[0].Kind() == types.TypeParamKind {
		g.bound[t.Parameters()[0].TypeName()] = pick(g, cel.StringType, cel.IntType, cel.UintType, cel.BoolType)
	}
}

func pick[T any](g generator, from ...T) T {
	return from[g.Intn(len(from))]
}

// value generates a value of a type for the argument at a position.
func (g generator) value(t *cel.Type, at int) ref.Val {
	switch t.Kind() {
	case types.DynKind:
		return g.value(pick(g, append(scalars, cel.NullType, cel.ListType(cel.DynType), cel.MapType(cel.StringType, cel.DynType))...), 9)
	case types.NullTypeKind:
		return types.NullValue
	case types.BoolKind:
		return types.Bool(g.Intn(2) == 0)
	case types.IntKind:
		return types.Int(g.int())
	case types.UintKind:
		return types.Uint(pick(g, uint64(0), 1, 2, uint64(g.Intn(10)), g.Uint64(), math.MaxUint64, 1<<63))
	case types.DoubleKind:
		return types.Double(g.double())
	case types.StringKind:
		return types.String(g.string(at))
	case types.BytesKind:
		return types.Bytes(pick(g, []byte(g.text()), []byte{0xff, byte(g.Intn(256))}, []byte{}))
	case types.TimestampKind:
		return g.timestamp()
	case types.DurationKind:
		return types.Duration{Duration: time.Duration(pick(g, g.Int63n(1e13), -g.Int63n(1e13), g.int(), int64(g.Intn(5))*1e9))}
	case types.ListKind:
		return g.list(t)
	case types.MapKind:
		entries := map[ref.Val]ref.Val{}
		for range g.Intn(4) {
			entries[g.value(t.Parameters()[0], 9)] = g.value(t.Parameters()[1], 9)
		}
		return types.NewRefValMap(types.DefaultTypeAdapter, entries)
	case types.OpaqueKind:
		if t.TypeName() == "optional_type" {
			if g.Intn(3) == 0 {
				return types.OptionalNone
			}
			return types.OptionalOf(g.value(t.Parameters()[0], 9))
		}
	}
	return g.opaque(t)
}

// list generates a list, sometimes with few distinct values.
func (g generator) list(t *cel.Type) ref.Val {
	items := []ref.Val{}
	for range g.Intn(6) {
		if len(items) > 0 && g.Intn(4) == 0 {
			items = append(items, pick(g, items...))
		} else {
			items = append(items, g.value(t.Parameters()[0], 9))
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, items)
}

// opaque creates a value of Kubernetes' types with its function.
func (g generator) opaque(t *cel.Type) ref.Val {
	texts := map[string][2][]string{
		"net.IP":                 {{"ip"}, ips},
		"net.CIDR":               {{"cidr"}, cidrs},
		"kubernetes.URL":         {{"url"}, urls},
		"kubernetes.Quantity":    {{"quantity"}, quantities},
		"kubernetes.Semver":      {{"semver"}, semvers},
		"kubernetes.NamedFormat": {{"format"}, {"dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix", "dns1123SubdomainPrefix", "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime"}},
	}[t.TypeName()]
	for {
		text := pick(g, texts[1]...)
		source := texts[0][0] + "('" + text + "')"
		if texts[0][0] == "format" {
			source = "format." + text + "()"
		}
		if value := evaluate(source); value != nil {
			if _, ok := value.(apiservercel.Quantity); ok {
				sources[value] = text
			}
			return value
		}
	}
}

// sources are the texts of which quantities were made: they tell more than their canonical texts.
var sources = map[ref.Val]string{}

var opaqueEnv = environment.MustBaseEnvSet(version.MajorMinor(1, 34)).NewExpressionsEnv()

func evaluate(source string) ref.Val {
	checked, issues := opaqueEnv.Compile(source)
	if issues.Err() != nil {
		return nil
	}
	program, err := opaqueEnv.Program(checked)
	if err != nil {
		return nil
	}
	value, _, err := program.Eval(map[string]any{})
	if err != nil {
		return nil
	}
	return value
}

func (g generator) int() int64 {
	if g.function == "lists.range" {
		return int64(g.Intn(50)) - 3
	}
	switch g.Intn(8) {
	case 0:
		return pick(g, int64(math.MaxInt64), math.MinInt64, math.MaxInt32, math.MinInt32, math.MaxInt64-1, math.MinInt64+1, 253402300799, 253402300800, -62135596800, -62135596801)
	case 1:
		return int64(g.Uint64())
	case 2:
		return g.Int63n(2e10) - 1e10
	default:
		return int64(g.Intn(14)) - 3
	}
}

func (g generator) double() float64 {
	switch g.Intn(6) {
	case 0:
		return pick(g, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 5e-324, math.MaxFloat64, 9223372036854775807, 9223372036854775808, 18446744073709551615, -9223372036854775808, 1e21, 1e20, 123456789, 0.1)
	case 1:
		return math.Float64frombits(g.Uint64())
	case 2:
		return float64(g.Intn(7) - 3)
	case 3:
		return math.Round(g.NormFloat64()*1e4) / 8
	default:
		return g.NormFloat64() * math.Pow(10, float64(g.Intn(20)-8))
	}
}

func (g generator) timestamp() ref.Val {
	seconds := pick(g, g.Int63n(4e9), g.Int63n(253402300799), -g.Int63n(62135596800), int64(0), -62135596800, 253402300799)
	nanos := pick(g, int64(0), 0, g.Int63n(1e9), g.Int63n(1000)*1e6)
	zone := time.FixedZone("", pick(g, 0, 0, 3600, -5400, 50400))
	return types.Timestamp{Time: time.Unix(seconds, nanos).In(zone)}
}

func (g generator) text() string {
	words := []string{"", "a", "b", "aa", "ab", "A", "é", "世界", "\U0001F600", " ", "\t", "\n", "\"", "\\", "0", "42", "-1", "x", ".", ",", "%", "$", "\u00a0", "\u0001", "İ", "ß", "K"}
	var text strings.Builder
	for range g.Intn(6) {
		text.WriteString(pick(g, words...))
	}
	return text.String()
}

// string makes a text that a function may understand, with a slip now and then.
func (g generator) string(at int) string {
	var from []string
	switch g.function {
	case "int", "uint":
		from = numbers
	case "double":
		from = doubles
	case "bool":
		from = []string{"true", "false", "True", "TRUE", "t", "1", "0", "F", "yes", "tRUE", ""}
	case "duration":
		from = durations
	case "timestamp":
		from = timestamps
	case "url", "isURL":
		from = urls
	case "ip", "isIP", "ip.isCanonical", "containsIP":
		from = ips
	case "cidr", "isCIDR", "containsCIDR":
		from = cidrs
	case "quantity", "isQuantity":
		from = quantities
	case "semver", "isSemver":
		from = semvers
	case "validate":
		from = named
	case "format.named":
		from = []string{"dns1123Label", "uuid", "uri", "nope", "DNS1123Label"}
	case "matches", "find", "findAll":
		if at == 1 {
			return g.regex(3)
		}
	case "format":
		if at == 0 {
			return g.format()
		}
	case "getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes", "getSeconds", "getMilliseconds":
		from = zones
	}
	if from == nil || g.Intn(10) == 0 {
		return g.text()
	}
	text := pick(g, from...)
	// In Go, errors for some zone names are those of the file system.
	if g.Intn(4) == 0 && len(text) > 0 && !strings.HasPrefix(g.function, "get") {
		return g.mutate(text)
	}
	return text
}

func (g generator) mutate(text string) string {
	runes := []rune(text)
	at := g.Intn(len(runes))
	switch g.Intn(4) {
	case 0:
		return string(append(runes[:at:at], runes[at+1:]...))
	case 1:
		return string(runes[:at]) + pick(g, "0", "9", "a", "Z", ".", ":", "/", "%", "-", "+", "é", " ", "_", "[", "]") + string(runes[at:])
	case 2:
		return text + pick(g, "0", "a", ".", "m", "i", ":", "/", "-", "%41")
	default:
		other := g.Intn(len(runes))
		runes[at], runes[other] = runes[other], runes[at]
		return string(runes)
	}
}

func (g generator) format() string {
	var text strings.Builder
	for range g.Intn(4) {
		text.WriteString(pick(g, "", "a", "é", "%%", " "))
		text.WriteString("%")
		text.WriteString(pick(g, "", "", "", ".0", ".2", ".10", ".300", ".x", "."))
		text.WriteString(pick(g, "s", "d", "f", "e", "b", "x", "X", "o", "s", "s", "y", "é", ""))
	}
	return text.String()
}

func (g generator) regex(depth int) string {
	if depth == 0 || g.Intn(3) == 0 {
		return pick(g, "a", "b", "A", "é", ".", "[a-c]", "[^a]", "[[:alpha:]]", `\d`, `\w`, `\s`, `\pL`, `\p{Greek}`, `\PN`, "^", "$", `\b`, `\B`, `\.`, `\x41`, `\x{e9}`, `\Qa.b\E`, "(?i)", "(?i:a)", "(?s).", "(?m)^", "[a", "(", ")", `\8`, `\p{X}`, "[z-a]", "[[:x:]]", "(?P<n>a)", "(?<n>a)", "(?=a)", "a{2}", "a{1001}", "a{,2}", "[\\d-z]", "[]a]", "[a-]", "世", " ", `[^\n]`, `\z`, `\A`, "(?U)a+", `[\w&&a]`, "K", "x{0}", `\101`, `\C`, "(?", "(?P<", "(?i", "(?i-", "[[:^digit:]]", `[\pL\d]`, `\p{^L}`, `\pé`)
	}
	switch g.Intn(6) {
	case 0:
		return "(" + g.regex(depth-1) + ")"
	case 1:
		return g.regex(depth-1) + pick(g, "*", "+", "?", "*?", "{2}", "{1,3}", "{2,}", "**", "{3,2}", "+?", "{20}")
	case 2:
		return g.regex(depth-1) + "|" + g.regex(depth-1)
	case 3:
		return "(?:" + g.regex(depth-1) + ")"
	default:
		return g.regex(depth-1) + g.regex(depth-1)
	}
}

// encode encodes a value with its type.
func encode(value ref.Val) any {
	switch v := value.(type) {
	case types.Null:
		return nil
	case types.Bool:
		return bool(v)
	case types.Int:
		return map[string]any{"int": int64(v)}
	case types.Uint:
		return map[string]any{"uint": uint64(v)}
	case types.Double:
		return map[string]any{"double": strconv.FormatUint(math.Float64bits(float64(v)), 16)}
	case types.String:
		return strings.ToValidUTF8(string(v), "\ufffd")
	case types.Bytes:
		return map[string]any{"bytes": fmt.Sprintf("%x", []byte(v))}
	case types.Timestamp:
		_, offset := v.Zone()
		return map[string]any{"timestamp": []int64{v.Unix(), int64(v.Nanosecond()), int64(offset)}}
	case types.Duration:
		return map[string]any{"duration": int64(v.Duration)}
	case *types.Type:
		return map[string]any{"type": v.TypeName()}
	case *types.Optional:
		if !v.HasValue() {
			return map[string]any{"optional": []any{}}
		}
		return map[string]any{"optional": []any{encode(v.GetValue())}}
	case apiservercel.IP:
		return map[string]any{"ip": v.Addr.String()}
	case apiservercel.CIDR:
		return map[string]any{"cidr": v.Prefix.String()}
	case apiservercel.URL:
		return map[string]any{"url": strings.ToValidUTF8(v.URL.String(), "\ufffd")}
	case apiservercel.Quantity:
		if source, ok := sources[v]; ok {
			return map[string]any{"quantity": source}
		}
		return map[string]any{"quantity": v.Quantity.String()}
	case *apiservercel.Quantity:
		return map[string]any{"quantity": v.Quantity.String()}
	case apiservercel.Semver:
		return map[string]any{"semver": v.Version.String()}
	case apiservercel.Format:
		return map[string]any{"format": v.Name}
	case traits.Mapper:
		entries := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			entries = append(entries, []any{encode(key), encode(v.Get(key))})
		}
		sort.Slice(entries, func(i, j int) bool {
			a, _ := json.Marshal(entries[i])
			b, _ := json.Marshal(entries[j])
			return string(a) < string(b)
		})
		return map[string]any{"map": entries}
	case traits.Lister:
		items := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			items = append(items, encode(it.Next()))
		}
		return items
	}
	panic(fmt.Sprintf("no text for %T", value))
}
