# Stack staging-services, for review. Terraform reads stacks/staging-services/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "staging/services"
  }

  required_providers {
    google = {
      source  = "google"
      version = "6.50.0"
    }
  }
}

provider "google" {
  default_labels = {
    "cost-center" = "beep-staging"
    environment   = "staging"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-staging-example"
  region  = "us-central1"
}

variable "image_api" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_api))
    error_message = "image_api must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_auth_proxy" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_auth_proxy))
    error_message = "image_auth_proxy must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_marketing" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_marketing))
    error_message = "image_marketing must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_otel_collector" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_otel_collector))
    error_message = "image_otel_collector must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_todox" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_todox))
    error_message = "image_todox must end in @sha256: and 64 hexadecimal digits."
  }
}

variable "image_web" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_web))
    error_message = "image_web must end in @sha256: and 64 hexadecimal digits."
  }
}

# staging-services/cloud-run/beep-api
resource "google_cloud_run_v2_service" "cloud_run_beep_api" {
  deletion_protection  = true
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-api"

  scaling {
    min_instance_count = 1
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 1000
    service_account                  = "beep-api@beep-staging-example.iam.gserviceaccount.com"
    timeout                          = "3600s"

    containers {
      depends_on = ["auth-proxy"]
      image      = var.image_api
      name       = "app"

      env {
        name = "AI_ANTHROPIC_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-ai-anthropic-api-key"
            version = "1"
          }
        }
      }
      env {
        name = "AI_OPENAI_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-ai-openai-api-key"
            version = "1"
          }
        }
      }
      env {
        name = "ALCHEMY_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-alchemy-password"
            version = "1"
          }
        }
      }
      env {
        name  = "APP_ADMIN_USER_IDS"
        value = "user__00000000-0000-4000-8000-000000000001"
      }
      env {
        name  = "APP_API_HOST"
        value = "api.staging.example.com"
      }
      env {
        name  = "APP_API_PORT"
        value = "8080"
      }
      env {
        name  = "APP_API_URL"
        value = "https://api.staging.example.com"
      }
      env {
        name  = "APP_AUTH_URL"
        value = "https://app.staging.example.com"
      }
      env {
        name  = "APP_CLIENT_URL"
        value = "https://app.staging.example.com"
      }
      env {
        name  = "APP_DOMAIN"
        value = "staging.example.com"
      }
      env {
        name  = "APP_ENV"
        value = "staging"
      }
      env {
        name  = "APP_LOG_FORMAT"
        value = "json"
      }
      env {
        name  = "APP_LOG_LEVEL"
        value = "Info"
      }
      env {
        name  = "APP_MCP_URL"
        value = "https://mcp.staging.example.com"
      }
      env {
        name  = "APP_NAME"
        value = "beep"
      }
      env {
        name = "AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "AWS_ENDPOINT_URL_S3"
        value = "https://storage.googleapis.com"
      }
      env {
        name  = "AWS_REGION"
        value = "auto"
      }
      env {
        name  = "AWS_REQUEST_CHECKSUM_CALCULATION"
        value = "WHEN_REQUIRED"
      }
      env {
        name  = "AWS_RESPONSE_CHECKSUM_VALIDATION"
        value = "WHEN_REQUIRED"
      }
      env {
        name = "AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "BETTER_AUTH_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-better-auth-secret"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "CLOUD_AWS_REGION"
        value = "auto"
      }
      env {
        name  = "CLOUD_AWS_S3_BUCKET_NAME"
        value = "beep-staging-example"
      }
      env {
        name = "CLOUD_AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_GOOGLE_CAPTCHA_SECRET_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-google-captcha-secret-key"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_GOOGLE_CAPTCHA_SITE_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-google-captcha-site-key"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_DATABASE"
        value = "beep"
      }
      env {
        name  = "DB_PG_HOST"
        value = "127.0.0.1"
      }
      env {
        name = "DB_PG_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-password"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_PORT"
        value = "5432"
      }
      env {
        name  = "DB_PG_SSL"
        value = "false"
      }
      env {
        name = "DB_PG_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-url"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_USER"
        value = "beep_app"
      }
      env {
        name  = "EMAIL_FROM"
        value = "beep <hello@staging.example.com>"
      }
      env {
        name = "EMAIL_RESEND_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-email-resend-api-key"
            version = "1"
          }
        }
      }
      env {
        name  = "EMAIL_TEST"
        value = "delivered@staging.example.com"
      }
      env {
        name = "KV_REDIS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-password"
            version = "1"
          }
        }
      }
      env {
        name  = "KV_REDIS_PORT"
        value = "6378"
      }
      env {
        name = "KV_REDIS_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-url"
            version = "1"
          }
        }
      }
      env {
        name = "LIVEBLOCKS_SECRET_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-liveblocks-secret-key"
            version = "1"
          }
        }
      }
      env {
        name  = "NODE_ENV"
        value = "production"
      }
      env {
        name  = "NODE_EXTRA_CA_CERTS"
        value = "/etc/beep/redis/server-ca.pem"
      }
      env {
        name = "OAUTH_PROVIDER_GITHUB_CLIENT_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-oauth-provider-github-client-id"
            version = "1"
          }
        }
      }
      env {
        name = "OAUTH_PROVIDER_GITHUB_CLIENT_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-oauth-provider-github-client-secret"
            version = "1"
          }
        }
      }
      env {
        name = "OAUTH_PROVIDER_GOOGLE_CLIENT_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-oauth-provider-google-client-id"
            version = "1"
          }
        }
      }
      env {
        name = "OAUTH_PROVIDER_GOOGLE_CLIENT_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-oauth-provider-google-client-secret"
            version = "1"
          }
        }
      }
      env {
        name  = "OAUTH_PROVIDER_NAMES"
        value = "github,google"
      }
      env {
        name  = "OTLP_LOG_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/logs"
      }
      env {
        name  = "OTLP_METRIC_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/metrics"
      }
      env {
        name  = "OTLP_TRACE_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/traces"
      }
      env {
        name = "PAYMENT_STRIPE_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-payment-stripe-key"
            version = "1"
          }
        }
      }
      env {
        name = "PAYMENT_STRIPE_WEBHOOK_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-payment-stripe-webhook-secret"
            version = "1"
          }
        }
      }
      env {
        name  = "SECURITY_TRUSTED_ORIGINS"
        value = "https://app.staging.example.com,https://todox.staging.example.com,https://www.staging.example.com"
      }
      env {
        name = "UPLOADTHING_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-uploadthing-secret"
            version = "1"
          }
        }
      }

      liveness_probe {
        failure_threshold     = 4
        initial_delay_seconds = 0
        period_seconds        = 30
        timeout_seconds       = 10

        http_get {
          path = "/v1/health"
          port = 8080
        }
      }

      ports {
        container_port = 8080
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "1024Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/v1/health"
          port = 8080
        }
      }

      volume_mounts {
        mount_path = "/etc/beep/redis"
        name       = "secret-file"
      }
    }
    containers {
      args = [
        "--private-ip",
        "--address=127.0.0.1",
        "--port=5432",
        "--structured-logs",
        "--exit-zero-on-sigterm",
        "--health-check",
        "--http-address=0.0.0.0",
        "--http-port=9090",
        "--min-sigterm-delay=5s",
        "--max-sigterm-delay=9s",
        "beep-staging-example:us-central1:beep-staging",
      ]
      image = var.image_auth_proxy
      name  = "auth-proxy"

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
      }

      startup_probe {
        failure_threshold     = 30
        initial_delay_seconds = 0
        period_seconds        = 2
        timeout_seconds       = 2

        http_get {
          path = "/startup"
          port = 9090
        }
      }
    }

    scaling {
      max_instance_count = 1
    }

    volumes {
      name = "secret-file"

      secret {
        secret = "beep-redis-server-ca"

        items {
          mode    = 292
          path    = "server-ca.pem"
          version = "1"
        }
      }
    }

    vpc_access {
      egress = "ALL_TRAFFIC"

      network_interfaces {
        network    = "beep-staging"
        subnetwork = "beep-staging"
      }
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# staging-services/cloud-run/beep-api-beep-pubsub-push
resource "google_cloud_run_v2_service_iam_member" "cloud_run_beep_api_beep_pubsub_push" {
  location = "us-central1"
  member   = "serviceAccount:beep-pubsub-push@beep-staging-example.iam.gserviceaccount.com"
  name     = google_cloud_run_v2_service.cloud_run_beep_api.name
  role     = "roles/run.invoker"
}

# staging-services/cloud-run/beep-marketing
resource "google_cloud_run_v2_service" "cloud_run_beep_marketing" {
  deletion_protection  = true
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-marketing"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 80
    service_account                  = "beep-marketing@beep-staging-example.iam.gserviceaccount.com"
    timeout                          = "60s"

    containers {
      image = var.image_marketing
      name  = "app"

      env {
        name  = "NODE_ENV"
        value = "production"
      }

      ports {
        container_port = 3000
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/"
          port = 3000
        }
      }
    }

    scaling {
      max_instance_count = 2
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# staging-services/cloud-run/beep-otel-collector
resource "google_cloud_run_v2_service" "cloud_run_beep_otel_collector" {
  deletion_protection  = true
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-otel-collector"

  scaling {
    min_instance_count = 1
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 40
    service_account                  = "beep-otel-collector@beep-staging-example.iam.gserviceaccount.com"
    timeout                          = "30s"

    containers {
      args  = ["--config=env:COLLECTOR_CONFIG"]
      image = var.image_otel_collector
      name  = "app"

      env {
        name  = "COLLECTOR_CONFIG"
        value = <<-EOT
          extensions:
            health_check:
              endpoint: "0.0.0.0:13133"
              path: /
          receivers:
            otlp:
              protocols:
                http:
                  endpoint: "0.0.0.0:4318"
                  max_request_body_size: 2097152
                  read_timeout: 30s
                  compression_algorithms:
                    - ""
                    - gzip
          processors:
            memory_limiter:
              check_interval: 1s
              limit_mib: 409
              spike_limit_mib: 102
            transform/limits:
              error_mode: ignore
              trace_statements:
                - 'limit(resource.attributes, 128, ["service.name", "service.namespace", "service.version", "service.instance.id"])'
                - "limit(span.attributes, 128, [])"
                - "limit(spanevent.attributes, 128, [])"
                - "truncate_all(resource.attributes, 4096)"
                - "truncate_all(span.attributes, 4096)"
                - "truncate_all(spanevent.attributes, 4096)"
              metric_statements:
                - 'limit(resource.attributes, 128, ["service.name", "service.namespace", "service.version", "service.instance.id"])'
                - "limit(datapoint.attributes, 128, [])"
                - "truncate_all(resource.attributes, 4096)"
                - "truncate_all(datapoint.attributes, 4096)"
              log_statements:
                - 'limit(resource.attributes, 128, ["service.name", "service.namespace", "service.version", "service.instance.id"])'
                - "limit(log.attributes, 128, [])"
                - "truncate_all(resource.attributes, 4096)"
                - "truncate_all(log.attributes, 4096)"
          exporters:
            otlp_http:
              endpoint: http://telemetry.staging.beep.internal:4318
              compression: gzip
              timeout: 10s
              retry_on_failure:
                enabled: true
                initial_interval: 1s
                max_interval: 30s
                max_elapsed_time: 300s
              sending_queue:
                enabled: true
                sizer: bytes
                queue_size: 26826069
                num_consumers: 4
                block_on_overflow: false
                batch:
                  sizer: items
                  min_size: 2048
                  max_size: 8192
                  flush_timeout: 1s
          service:
            extensions:
              - health_check
            telemetry:
              resource:
                attributes:
                  - name: service.name
                    value: beep-otel-collector
              logs:
                level: info
                encoding: json
              metrics:
                level: normal
                readers:
                  - periodic:
                      interval: 60000
                      exporter:
                        otlp:
                          protocol: http/protobuf
                          endpoint: http://127.0.0.1:4318/v1/metrics
            pipelines:
              traces:
                receivers:
                  - otlp
                processors:
                  - memory_limiter
                  - transform/limits
                exporters:
                  - otlp_http
              metrics:
                receivers:
                  - otlp
                processors:
                  - memory_limiter
                  - transform/limits
                exporters:
                  - otlp_http
              logs:
                receivers:
                  - otlp
                processors:
                  - memory_limiter
                  - transform/limits
                exporters:
                  - otlp_http
        EOT
      }
      env {
        name  = "GOMEMLIMIT"
        value = "409MiB"
      }

      liveness_probe {
        failure_threshold     = 4
        initial_delay_seconds = 0
        period_seconds        = 30
        timeout_seconds       = 10

        http_get {
          path = "/"
          port = 13133
        }
      }

      ports {
        container_port = 4318
        name           = "http1"
      }

      resources {
        cpu_idle = false
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/"
          port = 13133
        }
      }
    }

    scaling {
      max_instance_count = 2
    }

    vpc_access {
      egress = "ALL_TRAFFIC"

      network_interfaces {
        network    = "beep-staging"
        subnetwork = "beep-staging"
      }
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# staging-services/cloud-run/beep-todox
resource "google_cloud_run_v2_service" "cloud_run_beep_todox" {
  deletion_protection  = true
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-todox"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 80
    service_account                  = "beep-todox@beep-staging-example.iam.gserviceaccount.com"
    timeout                          = "60s"

    containers {
      depends_on = ["auth-proxy"]
      image      = var.image_todox
      name       = "app"

      env {
        name = "AI_ANTHROPIC_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-ai-anthropic-api-key"
            version = "1"
          }
        }
      }
      env {
        name = "AI_OPENAI_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-ai-openai-api-key"
            version = "1"
          }
        }
      }
      env {
        name = "ALCHEMY_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-alchemy-password"
            version = "1"
          }
        }
      }
      env {
        name  = "APP_ADMIN_USER_IDS"
        value = "user__00000000-0000-4000-8000-000000000001"
      }
      env {
        name  = "APP_API_HOST"
        value = "api.staging.example.com"
      }
      env {
        name  = "APP_API_PORT"
        value = "8080"
      }
      env {
        name  = "APP_API_URL"
        value = "https://api.staging.example.com"
      }
      env {
        name  = "APP_AUTH_URL"
        value = "https://app.staging.example.com"
      }
      env {
        name  = "APP_CLIENT_URL"
        value = "https://app.staging.example.com"
      }
      env {
        name  = "APP_DOMAIN"
        value = "staging.example.com"
      }
      env {
        name  = "APP_ENV"
        value = "staging"
      }
      env {
        name  = "APP_LOG_FORMAT"
        value = "json"
      }
      env {
        name  = "APP_LOG_LEVEL"
        value = "Info"
      }
      env {
        name  = "APP_MCP_URL"
        value = "https://mcp.staging.example.com"
      }
      env {
        name  = "APP_NAME"
        value = "beep"
      }
      env {
        name = "AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "AWS_ENDPOINT_URL_S3"
        value = "https://storage.googleapis.com"
      }
      env {
        name  = "AWS_REGION"
        value = "auto"
      }
      env {
        name  = "AWS_REQUEST_CHECKSUM_CALCULATION"
        value = "WHEN_REQUIRED"
      }
      env {
        name  = "AWS_RESPONSE_CHECKSUM_VALIDATION"
        value = "WHEN_REQUIRED"
      }
      env {
        name = "AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "BETTER_AUTH_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-better-auth-secret"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "CLOUD_AWS_REGION"
        value = "auto"
      }
      env {
        name  = "CLOUD_AWS_S3_BUCKET_NAME"
        value = "beep-staging-example"
      }
      env {
        name = "CLOUD_AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_DATABASE"
        value = "beep"
      }
      env {
        name  = "DB_PG_HOST"
        value = "127.0.0.1"
      }
      env {
        name = "DB_PG_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-password"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_PORT"
        value = "5432"
      }
      env {
        name  = "DB_PG_SSL"
        value = "false"
      }
      env {
        name = "DB_PG_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-url"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_USER"
        value = "beep_app"
      }
      env {
        name = "KV_REDIS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-password"
            version = "1"
          }
        }
      }
      env {
        name  = "KV_REDIS_PORT"
        value = "6378"
      }
      env {
        name = "KV_REDIS_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-url"
            version = "1"
          }
        }
      }
      env {
        name = "LIVEBLOCKS_SECRET_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-liveblocks-secret-key"
            version = "1"
          }
        }
      }
      env {
        name  = "NODE_ENV"
        value = "production"
      }
      env {
        name  = "NODE_EXTRA_CA_CERTS"
        value = "/etc/beep/redis/server-ca.pem"
      }
      env {
        name  = "OAUTH_PROVIDER_NAMES"
        value = "github,google"
      }
      env {
        name  = "OTLP_LOG_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/logs"
      }
      env {
        name  = "OTLP_METRIC_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/metrics"
      }
      env {
        name  = "OTLP_TRACE_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/traces"
      }
      env {
        name  = "SECURITY_TRUSTED_ORIGINS"
        value = "https://app.staging.example.com,https://todox.staging.example.com,https://www.staging.example.com"
      }

      ports {
        container_port = 3000
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "1024Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/"
          port = 3000
        }
      }

      volume_mounts {
        mount_path = "/etc/beep/redis"
        name       = "secret-file"
      }
    }
    containers {
      args = [
        "--private-ip",
        "--address=127.0.0.1",
        "--port=5432",
        "--structured-logs",
        "--exit-zero-on-sigterm",
        "--health-check",
        "--http-address=0.0.0.0",
        "--http-port=9090",
        "--min-sigterm-delay=5s",
        "--max-sigterm-delay=9s",
        "beep-staging-example:us-central1:beep-staging",
      ]
      image = var.image_auth_proxy
      name  = "auth-proxy"

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
      }

      startup_probe {
        failure_threshold     = 30
        initial_delay_seconds = 0
        period_seconds        = 2
        timeout_seconds       = 2

        http_get {
          path = "/startup"
          port = 9090
        }
      }
    }

    scaling {
      max_instance_count = 4
    }

    volumes {
      name = "secret-file"

      secret {
        secret = "beep-redis-server-ca"

        items {
          mode    = 292
          path    = "server-ca.pem"
          version = "1"
        }
      }
    }

    vpc_access {
      egress = "ALL_TRAFFIC"

      network_interfaces {
        network    = "beep-staging"
        subnetwork = "beep-staging"
      }
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# staging-services/cloud-run/beep-web
resource "google_cloud_run_v2_service" "cloud_run_beep_web" {
  deletion_protection  = true
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  launch_stage         = "GA"
  location             = "us-central1"
  name                 = "beep-web"

  scaling {
    min_instance_count = 0
  }

  template {
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = 80
    service_account                  = "beep-web@beep-staging-example.iam.gserviceaccount.com"
    timeout                          = "60s"

    containers {
      depends_on = ["auth-proxy"]
      image      = var.image_web
      name       = "app"

      env {
        name = "AI_ANTHROPIC_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-ai-anthropic-api-key"
            version = "1"
          }
        }
      }
      env {
        name = "AI_OPENAI_API_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-ai-openai-api-key"
            version = "1"
          }
        }
      }
      env {
        name = "ALCHEMY_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-alchemy-password"
            version = "1"
          }
        }
      }
      env {
        name  = "APP_ADMIN_USER_IDS"
        value = "user__00000000-0000-4000-8000-000000000001"
      }
      env {
        name  = "APP_API_HOST"
        value = "api.staging.example.com"
      }
      env {
        name  = "APP_API_PORT"
        value = "8080"
      }
      env {
        name  = "APP_API_URL"
        value = "https://api.staging.example.com"
      }
      env {
        name  = "APP_AUTH_URL"
        value = "https://app.staging.example.com"
      }
      env {
        name  = "APP_CLIENT_URL"
        value = "https://app.staging.example.com"
      }
      env {
        name  = "APP_DOMAIN"
        value = "staging.example.com"
      }
      env {
        name  = "APP_ENV"
        value = "staging"
      }
      env {
        name  = "APP_LOG_FORMAT"
        value = "json"
      }
      env {
        name  = "APP_LOG_LEVEL"
        value = "Info"
      }
      env {
        name  = "APP_MCP_URL"
        value = "https://mcp.staging.example.com"
      }
      env {
        name  = "APP_NAME"
        value = "beep"
      }
      env {
        name = "AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "AWS_ENDPOINT_URL_S3"
        value = "https://storage.googleapis.com"
      }
      env {
        name  = "AWS_REGION"
        value = "auto"
      }
      env {
        name  = "AWS_REQUEST_CHECKSUM_CALCULATION"
        value = "WHEN_REQUIRED"
      }
      env {
        name  = "AWS_RESPONSE_CHECKSUM_VALIDATION"
        value = "WHEN_REQUIRED"
      }
      env {
        name = "AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name = "BETTER_AUTH_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-better-auth-secret"
            version = "1"
          }
        }
      }
      env {
        name = "CLOUD_AWS_ACCESS_KEY_ID"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-access-key-id"
            version = "1"
          }
        }
      }
      env {
        name  = "CLOUD_AWS_REGION"
        value = "auto"
      }
      env {
        name  = "CLOUD_AWS_S3_BUCKET_NAME"
        value = "beep-staging-example"
      }
      env {
        name = "CLOUD_AWS_SECRET_ACCESS_KEY"

        value_source {
          secret_key_ref {
            secret  = "beep-cloud-aws-secret-access-key"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_DATABASE"
        value = "beep"
      }
      env {
        name  = "DB_PG_HOST"
        value = "127.0.0.1"
      }
      env {
        name = "DB_PG_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-password"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_PORT"
        value = "5432"
      }
      env {
        name  = "DB_PG_SSL"
        value = "false"
      }
      env {
        name = "DB_PG_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-db-pg-url"
            version = "1"
          }
        }
      }
      env {
        name  = "DB_PG_USER"
        value = "beep_app"
      }
      env {
        name = "KV_REDIS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-password"
            version = "1"
          }
        }
      }
      env {
        name  = "KV_REDIS_PORT"
        value = "6378"
      }
      env {
        name = "KV_REDIS_URL"

        value_source {
          secret_key_ref {
            secret  = "beep-kv-redis-url"
            version = "1"
          }
        }
      }
      env {
        name  = "NODE_ENV"
        value = "production"
      }
      env {
        name  = "NODE_EXTRA_CA_CERTS"
        value = "/etc/beep/redis/server-ca.pem"
      }
      env {
        name  = "OAUTH_PROVIDER_NAMES"
        value = "github,google"
      }
      env {
        name  = "OTLP_LOG_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/logs"
      }
      env {
        name  = "OTLP_METRIC_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/metrics"
      }
      env {
        name  = "OTLP_TRACE_EXPORTER_URL"
        value = "https://otlp.staging.example.com/v1/traces"
      }
      env {
        name  = "SECURITY_TRUSTED_ORIGINS"
        value = "https://app.staging.example.com,https://todox.staging.example.com,https://www.staging.example.com"
      }
      env {
        name = "UPLOADTHING_SECRET"

        value_source {
          secret_key_ref {
            secret  = "beep-uploadthing-secret"
            version = "1"
          }
        }
      }

      ports {
        container_port = 3000
        name           = "http1"
      }

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "1024Mi"
        }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold     = 24
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5

        http_get {
          path = "/"
          port = 3000
        }
      }

      volume_mounts {
        mount_path = "/etc/beep/redis"
        name       = "secret-file"
      }
    }
    containers {
      args = [
        "--private-ip",
        "--address=127.0.0.1",
        "--port=5432",
        "--structured-logs",
        "--exit-zero-on-sigterm",
        "--health-check",
        "--http-address=0.0.0.0",
        "--http-port=9090",
        "--min-sigterm-delay=5s",
        "--max-sigterm-delay=9s",
        "beep-staging-example:us-central1:beep-staging",
      ]
      image = var.image_auth_proxy
      name  = "auth-proxy"

      resources {
        cpu_idle = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
      }

      startup_probe {
        failure_threshold     = 30
        initial_delay_seconds = 0
        period_seconds        = 2
        timeout_seconds       = 2

        http_get {
          path = "/startup"
          port = 9090
        }
      }
    }

    scaling {
      max_instance_count = 4
    }

    volumes {
      name = "secret-file"

      secret {
        secret = "beep-redis-server-ca"

        items {
          mode    = 292
          path    = "server-ca.pem"
          version = "1"
        }
      }
    }

    vpc_access {
      egress = "ALL_TRAFFIC"

      network_interfaces {
        network    = "beep-staging"
        subnetwork = "beep-staging"
      }
    }
  }

  traffic {
    percent = 100
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
  }

  lifecycle {
    ignore_changes = [client, client_version, traffic]
  }
}

# staging-services/edge/api
resource "google_compute_backend_service" "edge_api" {
  custom_response_headers = ["Strict-Transport-Security: max-age=63072000"]
  enable_cdn              = false
  load_balancing_scheme   = "EXTERNAL_MANAGED"
  name                    = "beep-api"
  protocol                = "HTTPS"
  security_policy         = google_compute_security_policy.edge_armor_api_policy.id

  backend {
    group = google_compute_region_network_endpoint_group.edge_api_group.id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/api-candidate
resource "google_compute_backend_service" "edge_api_candidate" {
  custom_response_headers = ["Strict-Transport-Security: max-age=63072000"]
  enable_cdn              = false
  load_balancing_scheme   = "EXTERNAL_MANAGED"
  name                    = "beep-api-candidate"
  protocol                = "HTTPS"
  security_policy         = google_compute_security_policy.edge_armor_api_policy.id

  backend {
    group = google_compute_region_network_endpoint_group.edge_api_candidate_group.id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/api-candidate-group
resource "google_compute_region_network_endpoint_group" "edge_api_candidate_group" {
  name                  = "beep-api-candidate"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"

  cloud_run {
    service = google_cloud_run_v2_service.cloud_run_beep_api.name
    tag     = "candidate"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/api-group
resource "google_compute_region_network_endpoint_group" "edge_api_group" {
  name                  = "beep-api"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"

  cloud_run {
    service = google_cloud_run_v2_service.cloud_run_beep_api.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/armor/api-policy
resource "google_compute_security_policy" "edge_armor_api_policy" {
  description = "API: known attacks, too many attempts to sign in, too many requests"
  name        = "beep-staging-api"
  type        = "CLOUD_ARMOR"

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable          = true
      rule_visibility = "STANDARD"
    }
  }

  advanced_options_config {
    json_parsing = "STANDARD"
    log_level    = "NORMAL"
  }

  dynamic "rule" {
    for_each = chunklist(sort(distinct([for checker in data.google_monitoring_uptime_check_ips.edge_armor_uptime_checkers.uptime_check_ips : cidrsubnet("${checker.ip_address}/${strcontains(checker.ip_address, ":") ? 128 : 32}", 0, 0)])), 10)
    iterator = checkers

    content {
      action      = "allow"
      description = "Google's uptime checkers"
      preview     = false
      priority    = 1000 + checkers.key

      match {
        versioned_expr = "SRC_IPS_V1"

        config {
          src_ip_ranges = checkers.value
        }
      }
    }
  }

  rule {
    action      = "deny(403)"
    description = "CVEs of the day"
    preview     = false
    priority    = 100

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('cve-canary')"
      }
    }
  }
  rule {
    action      = "deny(403)"
    description = "OWASP sqli, xss, lfi, rfi, rce"
    preview     = true
    priority    = 200

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('xss-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('lfi-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('rfi-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('rce-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    action      = "deny(403)"
    description = "OWASP nodejs, protocolattack, scannerdetection, sessionfixation"
    preview     = true
    priority    = 201

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('nodejs-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('protocolattack-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('scannerdetection-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('sessionfixation-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    action      = "rate_based_ban"
    description = "60 attempts a minute to sign in"
    preview     = false
    priority    = 900

    match {
      expr {
        expression = "request.method == 'POST' && request.path.lower().urlDecode().startsWith('/api/v1/auth/')"
      }
    }

    rate_limit_options {
      ban_duration_sec    = 600
      conform_action      = "allow"
      enforce_on_key      = "IP"
      enforce_on_key_name = ""
      exceed_action       = "deny(429)"

      rate_limit_threshold {
        count        = 60
        interval_sec = 60
      }
    }
  }
  rule {
    action      = "throttle"
    description = "1500 requests a minute from one address"
    preview     = false
    priority    = 2000

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action      = "allow"
      enforce_on_key      = "IP"
      enforce_on_key_name = ""
      exceed_action       = "deny(429)"

      rate_limit_threshold {
        count        = 1500
        interval_sec = 60
      }
    }
  }
  rule {
    action      = "allow"
    description = "Everyone else"
    preview     = false
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/armor/collector-policy
resource "google_compute_security_policy" "edge_armor_collector_policy" {
  description = "Collector: bodies that are too large, and too many requests"
  name        = "beep-staging-collector"
  type        = "CLOUD_ARMOR"

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable          = true
      rule_visibility = "STANDARD"
    }
  }

  advanced_options_config {
    json_parsing = "STANDARD"
    log_level    = "NORMAL"
  }

  dynamic "rule" {
    for_each = chunklist(sort(distinct([for checker in data.google_monitoring_uptime_check_ips.edge_armor_uptime_checkers.uptime_check_ips : cidrsubnet("${checker.ip_address}/${strcontains(checker.ip_address, ":") ? 128 : 32}", 0, 0)])), 10)
    iterator = checkers

    content {
      action      = "allow"
      description = "Google's uptime checkers"
      preview     = false
      priority    = 1000 + checkers.key

      match {
        versioned_expr = "SRC_IPS_V1"

        config {
          src_ip_ranges = checkers.value
        }
      }
    }
  }

  rule {
    action      = "deny(403)"
    description = "Bodies of more than 2097152 bytes"
    preview     = false
    priority    = 50

    match {
      expr {
        expression = "has(request.headers['content-length']) && int(request.headers['content-length']) > 2097152"
      }
    }
  }
  rule {
    action      = "throttle"
    description = "6000 requests a minute from one address"
    preview     = false
    priority    = 2000

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action      = "allow"
      enforce_on_key      = "IP"
      enforce_on_key_name = ""
      exceed_action       = "deny(429)"

      rate_limit_threshold {
        count        = 6000
        interval_sec = 60
      }
    }
  }
  rule {
    action      = "allow"
    description = "Everyone else"
    preview     = false
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/armor/pages-policy
resource "google_compute_security_policy" "edge_armor_pages_policy" {
  description = "Pages: known attacks, and too many requests from one address"
  name        = "beep-staging-pages"
  type        = "CLOUD_ARMOR"

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable          = true
      rule_visibility = "STANDARD"
    }
  }

  advanced_options_config {
    json_parsing = "STANDARD"
    log_level    = "NORMAL"
  }

  dynamic "rule" {
    for_each = chunklist(sort(distinct([for checker in data.google_monitoring_uptime_check_ips.edge_armor_uptime_checkers.uptime_check_ips : cidrsubnet("${checker.ip_address}/${strcontains(checker.ip_address, ":") ? 128 : 32}", 0, 0)])), 10)
    iterator = checkers

    content {
      action      = "allow"
      description = "Google's uptime checkers"
      preview     = false
      priority    = 1000 + checkers.key

      match {
        versioned_expr = "SRC_IPS_V1"

        config {
          src_ip_ranges = checkers.value
        }
      }
    }
  }

  rule {
    action      = "deny(403)"
    description = "CVEs of the day"
    preview     = false
    priority    = 100

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('cve-canary')"
      }
    }
  }
  rule {
    action      = "deny(403)"
    description = "OWASP sqli, xss, lfi, rfi, rce"
    preview     = true
    priority    = 200

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('xss-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('lfi-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('rfi-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('rce-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    action      = "deny(403)"
    description = "OWASP nodejs, protocolattack, scannerdetection, sessionfixation"
    preview     = true
    priority    = 201

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('nodejs-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('protocolattack-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('scannerdetection-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('sessionfixation-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    action      = "throttle"
    description = "1500 requests a minute from one address"
    preview     = false
    priority    = 2000

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action      = "allow"
      enforce_on_key      = "IP"
      enforce_on_key_name = ""
      exceed_action       = "deny(429)"

      rate_limit_threshold {
        count        = 1500
        interval_sec = 60
      }
    }
  }
  rule {
    action      = "allow"
    description = "Everyone else"
    preview     = false
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/armor/uptime-checkers
data "google_monitoring_uptime_check_ips" "edge_armor_uptime_checkers" {}

# staging-services/edge/http-ipv4
resource "google_compute_global_forwarding_rule" "edge_http_ipv4" {
  ip_address            = google_compute_global_address.edge_ipv4_address.address
  ip_protocol           = "TCP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-staging-http-ipv4"
  port_range            = "80"
  target                = google_compute_target_http_proxy.edge_http_proxy.id
}

# staging-services/edge/http-ipv6
resource "google_compute_global_forwarding_rule" "edge_http_ipv6" {
  ip_address            = google_compute_global_address.edge_ipv6_address.address
  ip_protocol           = "TCP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-staging-http-ipv6"
  port_range            = "80"
  target                = google_compute_target_http_proxy.edge_http_proxy.id
}

# staging-services/edge/http-proxy
resource "google_compute_target_http_proxy" "edge_http_proxy" {
  name    = "beep-staging-redirect"
  url_map = google_compute_url_map.edge_redirect.id
}

# staging-services/edge/https-ipv4
resource "google_compute_global_forwarding_rule" "edge_https_ipv4" {
  ip_address            = google_compute_global_address.edge_ipv4_address.address
  ip_protocol           = "TCP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-staging-https-ipv4"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge_https_proxy.id
}

# staging-services/edge/https-ipv6
resource "google_compute_global_forwarding_rule" "edge_https_ipv6" {
  ip_address            = google_compute_global_address.edge_ipv6_address.address
  ip_protocol           = "TCP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-staging-https-ipv6"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge_https_proxy.id
}

# staging-services/edge/https-proxy
resource "google_compute_target_https_proxy" "edge_https_proxy" {
  certificate_map = "//certificatemanager.googleapis.com/projects/beep-staging-example/locations/global/certificateMaps/beep-staging"
  name            = "beep-staging"
  ssl_policy      = google_compute_ssl_policy.edge_ssl_policy.id
  url_map         = google_compute_url_map.edge_routes.id
}

# staging-services/edge/ipv4-address
resource "google_compute_global_address" "edge_ipv4_address" {
  address_type = "EXTERNAL"
  ip_version   = "IPV4"
  name         = "beep-staging-ipv4"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-services/edge/ipv6-address
resource "google_compute_global_address" "edge_ipv6_address" {
  address_type = "EXTERNAL"
  ip_version   = "IPV6"
  name         = "beep-staging-ipv6"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-services/edge/marketing
resource "google_compute_backend_service" "edge_marketing" {
  enable_cdn            = false
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-marketing"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge_armor_pages_policy.id

  backend {
    group = google_compute_region_network_endpoint_group.edge_marketing_group.id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/marketing-group
resource "google_compute_region_network_endpoint_group" "edge_marketing_group" {
  name                  = "beep-marketing"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"

  cloud_run {
    service = google_cloud_run_v2_service.cloud_run_beep_marketing.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/otel-collector
resource "google_compute_backend_service" "edge_otel_collector" {
  custom_response_headers = ["Strict-Transport-Security: max-age=63072000"]
  enable_cdn              = false
  load_balancing_scheme   = "EXTERNAL_MANAGED"
  name                    = "beep-otel-collector"
  protocol                = "HTTPS"
  security_policy         = google_compute_security_policy.edge_armor_collector_policy.id

  backend {
    group = google_compute_region_network_endpoint_group.edge_otel_collector_group.id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/otel-collector-group
resource "google_compute_region_network_endpoint_group" "edge_otel_collector_group" {
  name                  = "beep-otel-collector"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"

  cloud_run {
    service = google_cloud_run_v2_service.cloud_run_beep_otel_collector.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/redirect
resource "google_compute_url_map" "edge_redirect" {
  name = "beep-staging-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/routes
resource "google_compute_url_map" "edge_routes" {
  name = "beep-staging"

  default_url_redirect {
    host_redirect          = "app.staging.example.com"
    https_redirect         = true
    path_redirect          = "/"
    redirect_response_code = "FOUND"
    strip_query            = true
  }

  host_rule {
    hosts        = ["api.staging.example.com"]
    path_matcher = "api"
  }
  host_rule {
    hosts        = ["app.staging.example.com"]
    path_matcher = "web"
  }
  host_rule {
    hosts        = ["todox.staging.example.com"]
    path_matcher = "todox"
  }
  host_rule {
    hosts        = ["www.staging.example.com"]
    path_matcher = "marketing"
  }
  host_rule {
    hosts        = ["otlp.staging.example.com"]
    path_matcher = "otel-collector"
  }
  host_rule {
    hosts        = ["candidate-api.staging.example.com"]
    path_matcher = "api-candidate"
  }

  path_matcher {
    default_service = google_compute_backend_service.edge_api.id
    name            = "api"
  }
  path_matcher {
    default_service = google_compute_backend_service.edge_web.id
    name            = "web"

    path_rule {
      paths   = ["/v1/*"]
      service = google_compute_backend_service.edge_api.id
    }
    path_rule {
      paths   = ["/api/v1/*"]
      service = google_compute_backend_service.edge_api.id
    }
    path_rule {
      paths   = ["/otlp/*"]
      service = google_compute_backend_service.edge_otel_collector.id

      route_action {
        url_rewrite {
          path_prefix_rewrite = "/"
        }
      }
    }
  }
  path_matcher {
    default_service = google_compute_backend_service.edge_todox.id
    name            = "todox"

    path_rule {
      paths   = ["/v1/*"]
      service = google_compute_backend_service.edge_api.id
    }
    path_rule {
      paths   = ["/api/v1/*"]
      service = google_compute_backend_service.edge_api.id
    }
    path_rule {
      paths   = ["/otlp/*"]
      service = google_compute_backend_service.edge_otel_collector.id

      route_action {
        url_rewrite {
          path_prefix_rewrite = "/"
        }
      }
    }
  }
  path_matcher {
    default_service = google_compute_backend_service.edge_marketing.id
    name            = "marketing"

    path_rule {
      paths   = ["/v1/*"]
      service = google_compute_backend_service.edge_api.id
    }
    path_rule {
      paths   = ["/api/v1/*"]
      service = google_compute_backend_service.edge_api.id
    }
    path_rule {
      paths   = ["/otlp/*"]
      service = google_compute_backend_service.edge_otel_collector.id

      route_action {
        url_rewrite {
          path_prefix_rewrite = "/"
        }
      }
    }
  }
  path_matcher {
    default_service = google_compute_backend_service.edge_otel_collector.id
    name            = "otel-collector"
  }
  path_matcher {
    default_service = google_compute_backend_service.edge_api_candidate.id
    name            = "api-candidate"
  }

  test {
    host    = "api.staging.example.com"
    path    = "/"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    host    = "app.staging.example.com"
    path    = "/"
    service = google_compute_backend_service.edge_web.id
  }
  test {
    host    = "app.staging.example.com"
    path    = "/v1/test"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    host    = "app.staging.example.com"
    path    = "/api/v1/test"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    expected_output_url = "https://app.staging.example.com/test"
    host                = "app.staging.example.com"
    path                = "/otlp/test"
    service             = google_compute_backend_service.edge_otel_collector.id
  }
  test {
    host    = "todox.staging.example.com"
    path    = "/"
    service = google_compute_backend_service.edge_todox.id
  }
  test {
    host    = "todox.staging.example.com"
    path    = "/v1/test"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    host    = "todox.staging.example.com"
    path    = "/api/v1/test"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    expected_output_url = "https://todox.staging.example.com/test"
    host                = "todox.staging.example.com"
    path                = "/otlp/test"
    service             = google_compute_backend_service.edge_otel_collector.id
  }
  test {
    host    = "www.staging.example.com"
    path    = "/"
    service = google_compute_backend_service.edge_marketing.id
  }
  test {
    host    = "www.staging.example.com"
    path    = "/v1/test"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    host    = "www.staging.example.com"
    path    = "/api/v1/test"
    service = google_compute_backend_service.edge_api.id
  }
  test {
    expected_output_url = "https://www.staging.example.com/test"
    host                = "www.staging.example.com"
    path                = "/otlp/test"
    service             = google_compute_backend_service.edge_otel_collector.id
  }
  test {
    host    = "otlp.staging.example.com"
    path    = "/"
    service = google_compute_backend_service.edge_otel_collector.id
  }
  test {
    host    = "candidate-api.staging.example.com"
    path    = "/"
    service = google_compute_backend_service.edge_api_candidate.id
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/ssl-policy
resource "google_compute_ssl_policy" "edge_ssl_policy" {
  min_tls_version = "TLS_1_2"
  name            = "beep-staging"
  profile         = "MODERN"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/todox
resource "google_compute_backend_service" "edge_todox" {
  enable_cdn            = false
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-todox"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge_armor_pages_policy.id

  backend {
    group = google_compute_region_network_endpoint_group.edge_todox_group.id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/todox-group
resource "google_compute_region_network_endpoint_group" "edge_todox_group" {
  name                  = "beep-todox"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"

  cloud_run {
    service = google_cloud_run_v2_service.cloud_run_beep_todox.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/web
resource "google_compute_backend_service" "edge_web" {
  enable_cdn            = false
  load_balancing_scheme = "EXTERNAL_MANAGED"
  name                  = "beep-web"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge_armor_pages_policy.id

  backend {
    group = google_compute_region_network_endpoint_group.edge_web_group.id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-services/edge/web-group
resource "google_compute_region_network_endpoint_group" "edge_web_group" {
  name                  = "beep-web"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"

  cloud_run {
    service = google_cloud_run_v2_service.cloud_run_beep_web.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

moved {
  from = google_compute_security_policy.edge_armor_policy
  to   = google_compute_security_policy.edge_armor_pages_policy
}

output "api_latest_created_revision" {
  description = "The newest revision of beep-api, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_api.latest_created_revision
}

output "api_url" {
  description = "Google's own address of beep-api"
  value       = google_cloud_run_v2_service.cloud_run_beep_api.uri
}

output "dns_records" {
  description = "To be created once everything else answers: they turn the traffic"
  value = [
    {
      data = [google_compute_global_address.edge_ipv4_address.address]
      name = "api.staging.example.com."
      type = "A"
    },
    {
      data = [google_compute_global_address.edge_ipv6_address.address]
      name = "api.staging.example.com."
      type = "AAAA"
    },
    {
      data = [google_compute_global_address.edge_ipv4_address.address]
      name = "app.staging.example.com."
      type = "A"
    },
    {
      data = [google_compute_global_address.edge_ipv6_address.address]
      name = "app.staging.example.com."
      type = "AAAA"
    },
    {
      data = [google_compute_global_address.edge_ipv4_address.address]
      name = "todox.staging.example.com."
      type = "A"
    },
    {
      data = [google_compute_global_address.edge_ipv6_address.address]
      name = "todox.staging.example.com."
      type = "AAAA"
    },
    {
      data = [google_compute_global_address.edge_ipv4_address.address]
      name = "www.staging.example.com."
      type = "A"
    },
    {
      data = [google_compute_global_address.edge_ipv6_address.address]
      name = "www.staging.example.com."
      type = "AAAA"
    },
    {
      data = [google_compute_global_address.edge_ipv4_address.address]
      name = "otlp.staging.example.com."
      type = "A"
    },
    {
      data = [google_compute_global_address.edge_ipv6_address.address]
      name = "otlp.staging.example.com."
      type = "AAAA"
    },
    {
      data = [google_compute_global_address.edge_ipv4_address.address]
      name = "candidate-api.staging.example.com."
      type = "A"
    },
    {
      data = [google_compute_global_address.edge_ipv6_address.address]
      name = "candidate-api.staging.example.com."
      type = "AAAA"
    },
  ]
}

output "limits" {
  description = "What this environment cannot do"
  value = [
    "calls to the internet leave from a few reserved addresses: where pages are made on a server, all their calls to the API count as one client of edge.armor",
  ]
}

output "marketing_latest_created_revision" {
  description = "The newest revision of beep-marketing, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_marketing.latest_created_revision
}

output "marketing_url" {
  description = "Google's own address of beep-marketing"
  value       = google_cloud_run_v2_service.cloud_run_beep_marketing.uri
}

output "otel_collector_latest_created_revision" {
  description = "The newest revision of beep-otel-collector, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_otel_collector.latest_created_revision
}

output "todox_build_arguments" {
  description = "What the image of beep-todox must be built with"
  value = {
    NEXT_PUBLIC_API_URL                  = "https://todox.staging.example.com"
    NEXT_PUBLIC_APP_DOMAIN               = "staging.example.com"
    NEXT_PUBLIC_APP_NAME                 = "beep"
    NEXT_PUBLIC_APP_URL                  = "https://todox.staging.example.com"
    NEXT_PUBLIC_AUTH_PATH                = "/api/v1/auth"
    NEXT_PUBLIC_AUTH_PROVIDER_NAMES      = "github,google"
    NEXT_PUBLIC_AUTH_URL                 = "https://todox.staging.example.com"
    NEXT_PUBLIC_CAPTCHA_SITE_KEY         = "example-site-key"
    NEXT_PUBLIC_ENABLE_GEO_TRACKING      = "false"
    NEXT_PUBLIC_ENV                      = "staging"
    NEXT_PUBLIC_GOOGLE_CLIENT_ID         = "000000000000-example.apps.example.com"
    NEXT_PUBLIC_LOG_FORMAT               = "json"
    NEXT_PUBLIC_LOG_LEVEL                = "Info"
    NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL    = "https://todox.staging.example.com/otlp/v1/logs"
    NEXT_PUBLIC_OTLP_METRIC_EXPORTER_URL = "https://todox.staging.example.com/otlp/v1/metrics"
    NEXT_PUBLIC_OTLP_TRACE_EXPORTER_URL  = "https://todox.staging.example.com/otlp/v1/traces"
    NEXT_PUBLIC_STATIC_URL               = "https://todox.staging.example.com"
  }
}

output "todox_latest_created_revision" {
  description = "The newest revision of beep-todox, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_todox.latest_created_revision
}

output "todox_url" {
  description = "Google's own address of beep-todox"
  value       = google_cloud_run_v2_service.cloud_run_beep_todox.uri
}

output "web_build_arguments" {
  description = "What the image of beep-web must be built with"
  value = {
    NEXT_PUBLIC_API_URL                  = "https://app.staging.example.com"
    NEXT_PUBLIC_APP_DOMAIN               = "staging.example.com"
    NEXT_PUBLIC_APP_NAME                 = "beep"
    NEXT_PUBLIC_APP_URL                  = "https://app.staging.example.com"
    NEXT_PUBLIC_AUTH_PATH                = "/api/v1/auth"
    NEXT_PUBLIC_AUTH_PROVIDER_NAMES      = "github,google"
    NEXT_PUBLIC_AUTH_URL                 = "https://app.staging.example.com"
    NEXT_PUBLIC_CAPTCHA_SITE_KEY         = "example-site-key"
    NEXT_PUBLIC_ENABLE_GEO_TRACKING      = "false"
    NEXT_PUBLIC_ENV                      = "staging"
    NEXT_PUBLIC_GOOGLE_CLIENT_ID         = "000000000000-example.apps.example.com"
    NEXT_PUBLIC_LOG_FORMAT               = "json"
    NEXT_PUBLIC_LOG_LEVEL                = "Info"
    NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL    = "https://app.staging.example.com/otlp/v1/logs"
    NEXT_PUBLIC_OTLP_METRIC_EXPORTER_URL = "https://app.staging.example.com/otlp/v1/metrics"
    NEXT_PUBLIC_OTLP_TRACE_EXPORTER_URL  = "https://app.staging.example.com/otlp/v1/traces"
    NEXT_PUBLIC_STATIC_URL               = "https://app.staging.example.com"
  }
}

output "web_latest_created_revision" {
  description = "The newest revision of beep-web, whether or not it serves"
  value       = google_cloud_run_v2_service.cloud_run_beep_web.latest_created_revision
}

output "web_url" {
  description = "Google's own address of beep-web"
  value       = google_cloud_run_v2_service.cloud_run_beep_web.uri
}
