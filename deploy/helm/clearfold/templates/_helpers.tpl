{{/* The name in front of every object. */}}
{{- define "clearfold.name" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- if contains $chart .Release.Name -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $chart | trunc 30 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that select pods: they never change. Give it (dict "root" $ "role" "node" "group" "main"). */}}
{{- define "clearfold.selector" -}}
app.kubernetes.io/name: clearfold
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .group }}
clearfold/group: {{ . }}
{{- end }}
{{- end -}}

{{- define "clearfold.labels" -}}
{{ include "clearfold.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "clearfold.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What every pod has: nobody's rights, and no token of the cluster. */}}
{{- define "clearfold.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What every container has. */}}
{{- define "clearfold.container" -}}
image: {{ include "clearfold.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* Probes. A node that stands by is ready as well: it is ready to take over. */}}
{{- define "clearfold.probes" -}}
ports:
  - { name: http, containerPort: 9464 }
startupProbe:
  httpGet: { path: /startupz, port: http }
  periodSeconds: 5
  failureThreshold: {{ .startupFailures }}
livenessProbe:
  httpGet: { path: /livez, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: http }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}

{{/* Environment of a role: what is not in the file. (dict "root" $ "role" "node" "segments" list) */}}
{{- define "clearfold.environment" -}}
- name: CLEARFOLD__NODE__NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- range .segments }}
{{- if ge (int .) (int $.root.Values.kafka.partitions) }}
{{- fail (printf "segment %d is beyond kafka.partitions: segments count from 0" (int .)) }}
{{- end }}
{{- end }}
- name: CLEARFOLD__SEGMENTS
  value: {{ .segments | toJson | quote }}
{{- if eq .root.Values.kafka.security "sasl_tls" }}
- name: CLEARFOLD__KAFKA__USER
  value: {{ get .root.Values.kafka (printf "%sUser" .role) | quote }}
- name: CLEARFOLD__KAFKA__PASSWORD_FILE
  value: /run/secrets/clearfold/kafka/password
{{- end }}
{{- end -}}

{{/* The files of a role. */}}
{{- define "clearfold.mounts" -}}
- { name: config, mountPath: /etc/clearfold, readOnly: true }
{{- if eq .root.Values.kafka.security "sasl_tls" }}
- { name: kafka-password, mountPath: /run/secrets/clearfold/kafka, readOnly: true }
{{- end }}
{{- if eq .root.Values.kafka.security "tls" }}
- { name: kafka-certificate, mountPath: /run/secrets/clearfold/certificate, readOnly: true }
{{- end }}
{{- if .root.Values.kafka.ca.configMap }}
- { name: kafka-ca, mountPath: /etc/clearfold-ca, readOnly: true }
{{- end }}
{{- end -}}

{{- define "clearfold.volumes" -}}
- name: config
  configMap: { name: {{ include "clearfold.name" .root }} }
{{- with .root.Values.kafka }}
{{- if eq .security "sasl_tls" }}
{{- $password := get . (printf "%sPassword" $.role) }}
- name: kafka-password
  secret:
    secretName: {{ required (printf "set kafka.%sPassword.secret" $.role) $password.secret }}
    defaultMode: 0440
    items: [{ key: {{ $password.key | quote }}, path: password }]
{{- end }}
{{- if eq .security "tls" }}
- name: kafka-certificate
  secret:
    secretName: {{ required "set kafka.certificate.secret" .certificate.secret }}
    defaultMode: 0440
{{- end }}
{{- if .ca.configMap }}
- name: kafka-ca
  configMap:
    name: {{ .ca.configMap }}
    items: [{ key: {{ .ca.key | quote }}, path: ca.crt }]
{{- end }}
{{- end }}
{{- end -}}
