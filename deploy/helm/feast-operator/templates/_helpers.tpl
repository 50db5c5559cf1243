{{/* What selects the operator's pods, and is on all that the chart installs. */}}
{{- define "labels" -}}
app.kubernetes.io/name: feast-operator
{{- end }}

{{/* Metadata of what is installed for the cluster. */}}
{{- define "clusterMetadata" -}}
name: feast-operator
labels:
  {{- include "labels" . | nindent 2 }}
{{- end }}

{{/* Metadata of what is installed in the operator's namespace. */}}
{{- define "metadata" -}}
{{ include "clusterMetadata" . }}
namespace: {{ .Release.Namespace | quote }}
{{- end }}

{{/* The annotation by which `helm uninstall` leaves an object. */}}
{{- define "kept" -}}
{{- if .Values.keepOnUninstall }}
annotations:
  helm.sh/resource-policy: keep
{{- end }}
{{- end }}

{{- define "image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{/* Arguments of the program, as a list in YAML. */}}
{{- define "arguments" -}}
- run
{{- with .Values.namespaces }}
- {{ printf "--namespace=%s" (join "," .) | quote }}
{{- end }}
{{- if ne .Values.webhook.certificate "none" }}
- --webhook-listen=0.0.0.0:9443
{{- end }}
{{- if eq .Values.webhook.certificate "self-signed" }}
- --webhook-secret=feast-operator-webhook
{{- else if eq .Values.webhook.certificate "cert-manager" }}
- --webhook-certificates=/certificates
{{- end }}
{{- if and (eq .Values.corrections "all") (eq .Values.storeYaml "secret") }}
- --hardened
{{- else }}
- --corrections={{ .Values.corrections }}
- --store-yaml={{ .Values.storeYaml }}
{{- end }}
{{- with .Values.arguments }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A Role and its binding to the operator: of `name`, `namespace`, `rules` and the `root`. */}}
{{- define "role" -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  namespace: {{ .namespace | quote }}
  labels:
    {{- include "labels" .root | nindent 4 }}
rules:
{{ toYaml .rules }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .namespace | quote }}
  labels:
    {{- include "labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
subjects:
{{ include "subjects" .root }}
{{ end }}

{{- define "subjects" -}}
- kind: ServiceAccount
  name: feast-operator
  namespace: {{ .Release.Namespace | quote }}
{{- end }}
