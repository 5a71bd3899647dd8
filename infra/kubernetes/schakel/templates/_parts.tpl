{{- /* Called with (dict "root" $ "name" "gateway"). */ -}}

{{- define "schakel.labels" -}}
app.kubernetes.io/name: schakel
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "schakel.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end }}

{{- /* The keeper acts as the operator: it writes control. */ -}}
{{- define "schakel.identity" -}}
{{- if or (eq .name "keeper") (eq .name "founding") }}operator{{ else }}{{ .name }}{{ end -}}
{{- end }}

{{- define "schakel.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "schakel.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{- /* What a process must be told, and the secrets of its own identity and no other. */ -}}
{{- define "schakel.mounts" -}}
- name: data
  mountPath: /data
- name: config
  mountPath: /data/store.json
  subPath: store.json
  readOnly: true
- name: identity
  mountPath: /run/schakel/identity
  readOnly: true
- name: kafka-ca
  mountPath: /run/schakel/kafka-ca
  readOnly: true
- name: password
  mountPath: /run/schakel/password
  readOnly: true
- name: postgres-ca
  mountPath: /run/schakel/postgres-ca
  readOnly: true
- name: wrapping
  mountPath: /run/schakel/wrapping
  readOnly: true
{{- end }}

{{- define "schakel.volumes" -}}
{{- $identity := include "schakel.identity" . -}}
- name: config
  configMap:
    name: {{ .root.Release.Name }}-store
- name: identity
  secret:
    {{- if .root.Values.kafka.strimzi }}
    secretName: {{ $identity }}
    defaultMode: 0440
    items:
      - key: user.crt
        path: {{ $identity }}.cert.pem
      - key: user.key
        path: {{ $identity }}.key.pem
    {{- else }}
    secretName: {{ .root.Values.secrets.identityPrefix }}-{{ $identity }}
    defaultMode: 0440
    items:
      - key: tls.crt
        path: {{ $identity }}.cert.pem
      - key: tls.key
        path: {{ $identity }}.key.pem
    {{- end }}
- name: kafka-ca
  secret:
    secretName: {{ if .root.Values.kafka.strimzi }}{{ .root.Values.kafka.cluster }}-cluster-ca-cert{{ else }}{{ required "kafka.caSecret" .root.Values.kafka.caSecret }}{{ end }}
    items:
      - key: ca.crt
        path: ca.crt
- name: password
  secret:
    secretName: {{ .root.Values.postgres.passwordSecret }}
    defaultMode: 0440
    items:
      - key: {{ $identity }}
        path: {{ $identity }}
- name: postgres-ca
  secret:
    secretName: {{ .root.Values.postgres.caSecret }}
    items:
      - key: ca.crt
        path: ca.crt
- name: wrapping
  secret:
    secretName: {{ .root.Values.postgres.wrappingSecret }}
    defaultMode: 0440
    items:
      - key: keys
        path: keys
{{- end }}
