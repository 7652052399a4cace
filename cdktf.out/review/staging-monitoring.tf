# Stack staging-monitoring, for review. Terraform reads stacks/staging-monitoring/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "staging/monitoring"
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

# staging-monitoring/monitoring/beep-api-down
resource "google_monitoring_alert_policy" "monitoring_beep_api_down" {
  combiner     = "OR"
  display_name = "beep-api does not answer at api.staging.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api does not answer at api.staging.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_api_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://api.staging.example.com.\n\n1. Open https://api.staging.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-api.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-api does not answer at api.staging.example.com"
  }
}

# staging-monitoring/monitoring/beep-api-errors
resource "google_monitoring_alert_policy" "monitoring_beep_api_errors" {
  combiner     = "OR"
  display_name = "beep-api answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-api has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-api\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-api answers more than 5% of requests with 5xx"
  }
}

# staging-monitoring/monitoring/beep-api-latency
resource "google_monitoring_alert_policy" "monitoring_beep_api_latency" {
  combiner     = "OR"
  display_name = "beep-api p95 latency is above 5000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "WARNING"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api p95 latency is above 5000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 5000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-api takes longer than 5000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-api p95 latency is above 5000 ms"
  }
}

# staging-monitoring/monitoring/beep-api-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_api_uptime" {
  display_name = "beep-api https://api.staging.example.com/v1/health"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path           = "/v1/health"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "api.staging.example.com"
      project_id = "beep-staging-example"
    }
    type = "uptime_url"
  }
}

# staging-monitoring/monitoring/beep-db-bootstrap-failed
resource "google_monitoring_alert_policy" "monitoring_beep_db_bootstrap_failed" {
  combiner     = "OR"
  display_name = "Job beep-db-bootstrap failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Job beep-db-bootstrap failed"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\" AND resource.labels.job_name = \"beep-db-bootstrap\" AND metric.labels.result = \"failed\""
      threshold_value = 0

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "An execution of beep-db-bootstrap failed. The release must stop: services still run the version before.\n\n1. Read its log: gcloud run jobs executions list --job beep-db-bootstrap.\n2. Do not run it again before the cause is known: a migration may be half applied.\n3. Mend the migration forward, and run the release from its start.\n\nRunbook: docs/runbook.md#a-database-job-failed"
    mime_type = "text/markdown"
    subject   = "Job beep-db-bootstrap failed"
  }
}

# staging-monitoring/monitoring/beep-events-waits
resource "google_monitoring_alert_policy" "monitoring_beep_events_waits" {
  combiner     = "OR"
  display_name = "A message of beep-events has waited for more than 900 s"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "ERROR"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "A message of beep-events has waited for more than 900 s"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"beep-events\""
      threshold_value         = 900

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The oldest message of beep-events has waited for more than 900 s; it is lost when retention_hours are over.\n\n1. See whether the API answers at all: its error and latency alerts tell first.\n2. Read why messages are refused: the API's log at the push path, or of its puller.\n3. A backlog without errors needs more instances: raise max_instance_count.\n\nRunbook: docs/runbook.md#messages-wait-or-are-dead"
    mime_type = "text/markdown"
    subject   = "A message of beep-events has waited for more than 900 s"
  }
}

# staging-monitoring/monitoring/beep-jobs-dead-letter-filled
resource "google_monitoring_alert_policy" "monitoring_beep_jobs_dead_letter_filled" {
  combiner     = "OR"
  display_name = "There are messages in beep-jobs-dead-letter"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "WARNING"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "There are messages in beep-jobs-dead-letter"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"beep-jobs-dead-letter\""
      threshold_value         = 0

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Messages were delivered too often without being acknowledged, and were set aside in beep-jobs-dead-letter. They will not be tried again.\n\n1. Look at some: gcloud pubsub subscriptions pull beep-jobs-dead-letter --limit=5.\n2. Find the cause in the API's log at the time of their last delivery, and mend it.\n3. Publish them again or drop them, as the runbook shows.\n\nRunbook: docs/runbook.md#messages-wait-or-are-dead"
    mime_type = "text/markdown"
    subject   = "There are messages in beep-jobs-dead-letter"
  }
}

# staging-monitoring/monitoring/beep-jobs-waits
resource "google_monitoring_alert_policy" "monitoring_beep_jobs_waits" {
  combiner     = "OR"
  display_name = "A message of beep-jobs has waited for more than 900 s"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "ERROR"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "A message of beep-jobs has waited for more than 900 s"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"beep-jobs\""
      threshold_value         = 900

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The oldest message of beep-jobs has waited for more than 900 s; it is lost when retention_hours are over.\n\n1. See whether the API answers at all: its error and latency alerts tell first.\n2. Read why messages are refused: the API's log at the push path, or of its puller.\n3. A backlog without errors needs more instances: raise max_instance_count.\n\nRunbook: docs/runbook.md#messages-wait-or-are-dead"
    mime_type = "text/markdown"
    subject   = "A message of beep-jobs has waited for more than 900 s"
  }
}

# staging-monitoring/monitoring/beep-marketing-down
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_down" {
  combiner     = "OR"
  display_name = "beep-marketing does not answer at www.staging.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing does not answer at www.staging.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_marketing_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://www.staging.example.com.\n\n1. Open https://www.staging.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-marketing.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-marketing does not answer at www.staging.example.com"
  }
}

# staging-monitoring/monitoring/beep-marketing-errors
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_errors" {
  combiner     = "OR"
  display_name = "beep-marketing answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-marketing has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-marketing\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-marketing answers more than 5% of requests with 5xx"
  }
}

# staging-monitoring/monitoring/beep-marketing-latency
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_latency" {
  combiner     = "OR"
  display_name = "beep-marketing p95 latency is above 5000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "WARNING"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing p95 latency is above 5000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 5000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-marketing takes longer than 5000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-marketing p95 latency is above 5000 ms"
  }
}

# staging-monitoring/monitoring/beep-marketing-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_marketing_uptime" {
  display_name = "beep-marketing https://www.staging.example.com/"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path           = "/"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "www.staging.example.com"
      project_id = "beep-staging-example"
    }
    type = "uptime_url"
  }
}

# staging-monitoring/monitoring/beep-migrate-failed
resource "google_monitoring_alert_policy" "monitoring_beep_migrate_failed" {
  combiner     = "OR"
  display_name = "Job beep-migrate failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Job beep-migrate failed"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\" AND resource.labels.job_name = \"beep-migrate\" AND metric.labels.result = \"failed\""
      threshold_value = 0

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "An execution of beep-migrate failed. The release must stop: services still run the version before.\n\n1. Read its log: gcloud run jobs executions list --job beep-migrate.\n2. Do not run it again before the cause is known: a migration may be half applied.\n3. Mend the migration forward, and run the release from its start.\n\nRunbook: docs/runbook.md#a-database-job-failed"
    mime_type = "text/markdown"
    subject   = "Job beep-migrate failed"
  }
}

# staging-monitoring/monitoring/beep-todox-down
resource "google_monitoring_alert_policy" "monitoring_beep_todox_down" {
  combiner     = "OR"
  display_name = "beep-todox does not answer at todox.staging.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox does not answer at todox.staging.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_todox_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://todox.staging.example.com.\n\n1. Open https://todox.staging.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-todox.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-todox does not answer at todox.staging.example.com"
  }
}

# staging-monitoring/monitoring/beep-todox-errors
resource "google_monitoring_alert_policy" "monitoring_beep_todox_errors" {
  combiner     = "OR"
  display_name = "beep-todox answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-todox has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-todox\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-todox answers more than 5% of requests with 5xx"
  }
}

# staging-monitoring/monitoring/beep-todox-latency
resource "google_monitoring_alert_policy" "monitoring_beep_todox_latency" {
  combiner     = "OR"
  display_name = "beep-todox p95 latency is above 5000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "WARNING"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox p95 latency is above 5000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 5000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-todox takes longer than 5000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-todox p95 latency is above 5000 ms"
  }
}

# staging-monitoring/monitoring/beep-todox-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_todox_uptime" {
  display_name = "beep-todox https://todox.staging.example.com/"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path           = "/"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "todox.staging.example.com"
      project_id = "beep-staging-example"
    }
    type = "uptime_url"
  }
}

# staging-monitoring/monitoring/beep-web-down
resource "google_monitoring_alert_policy" "monitoring_beep_web_down" {
  combiner     = "OR"
  display_name = "beep-web does not answer at app.staging.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web does not answer at app.staging.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_web_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://app.staging.example.com.\n\n1. Open https://app.staging.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-web.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-web does not answer at app.staging.example.com"
  }
}

# staging-monitoring/monitoring/beep-web-errors
resource "google_monitoring_alert_policy" "monitoring_beep_web_errors" {
  combiner     = "OR"
  display_name = "beep-web answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-web has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-web\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-web answers more than 5% of requests with 5xx"
  }
}

# staging-monitoring/monitoring/beep-web-latency
resource "google_monitoring_alert_policy" "monitoring_beep_web_latency" {
  combiner     = "OR"
  display_name = "beep-web p95 latency is above 5000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "WARNING"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web p95 latency is above 5000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 5000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-web takes longer than 5000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-web p95 latency is above 5000 ms"
  }
}

# staging-monitoring/monitoring/beep-web-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_web_uptime" {
  display_name = "beep-web https://app.staging.example.com/"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path           = "/"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "app.staging.example.com"
      project_id = "beep-staging-example"
    }
    type = "uptime_url"
  }
}

# staging-monitoring/monitoring/email-staging-alerts-example-com
resource "google_monitoring_notification_channel" "monitoring_email_staging_alerts_example_com" {
  display_name = "E-mail staging-alerts@example.com"
  labels = {
    email_address = "staging-alerts@example.com"
  }
  type = "email"
}

# staging-monitoring/monitoring/error-logs
resource "google_logging_metric" "monitoring_error_logs" {
  description = "Log entries of Cloud Run services at ERROR and above"
  filter      = "severity >= ERROR AND resource.type = \"cloud_run_revision\""
  label_extractors = {
    service = "EXTRACT(resource.labels.service_name)"
  }
  name = "beep-error-logs"

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = "1"
    value_type  = "INT64"

    labels {
      description = "Name of the Cloud Run service"
      key         = "service"
      value_type  = "STRING"
    }
  }
}

# staging-monitoring/monitoring/postgres-connections
resource "google_monitoring_alert_policy" "monitoring_postgres_connections" {
  combiner     = "OR"
  display_name = "Postgres has more than 160 of 200 connections"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "ERROR"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres has more than 160 of 200 connections"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/postgresql/num_backends\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-staging-example:beep-staging\""
      threshold_value         = 160

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-staging-example:beep-staging nears max_connections = 200; beyond it, instances fail to start.\n\n1. Group pg_stat_activity by application_name and state: look for idle transactions.\n2. See whether a service has scaled out: each instance holds a pool of 10.\n3. Lower max_instance_count, or raise postgres.max_connections and the tier.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres has more than 160 of 200 connections"
  }
}

# staging-monitoring/monitoring/postgres-cpu
resource "google_monitoring_alert_policy" "monitoring_postgres_cpu" {
  combiner     = "OR"
  display_name = "Postgres CPU is above 85%"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "WARNING"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres CPU is above 85%"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "900s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/cpu/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-staging-example:beep-staging\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-staging-example:beep-staging has used more than 85% of its CPU for 15 minutes.\n\n1. Open Query Insights and look for a statement that dominates the load.\n2. Check for a missing index, above all on a vector column, after the last migration.\n3. Raise postgres.tier in the environment file; the change restarts the instance.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres CPU is above 85%"
  }
}

# staging-monitoring/monitoring/postgres-disk
resource "google_monitoring_alert_policy" "monitoring_postgres_disk" {
  combiner     = "OR"
  display_name = "Postgres disk is more than 85% full"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "CRITICAL"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres disk is more than 85% full"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/disk/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-staging-example:beep-staging\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The disk of beep-staging-example:beep-staging fills up; a full disk stops all writes.\n\n1. See whether postgres.disk_autoresize_limit_gb has been reached, and raise it.\n2. Look for a replication slot that nobody reads: SELECT * FROM pg_replication_slots.\n3. Find the table that grew: pg_total_relation_size.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres disk is more than 85% full"
  }
}

# staging-monitoring/monitoring/redis-memory
resource "google_monitoring_alert_policy" "monitoring_redis_memory" {
  combiner     = "OR"
  display_name = "Redis memory is more than 85% full"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_staging_alerts_example_com.name,
  ]
  severity = "ERROR"

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis memory is more than 85% full"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/memory/usage_ratio\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-staging-example/locations/us-central1/instances/beep-staging\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Redis nears its memory limit; sessions are then evicted and people signed out.\n\n1. See whether keys without an expiry grow: INFO keyspace, keys against expires.\n2. Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.\n\nRunbook: docs/runbook.md#redis-memory-is-full"
    mime_type = "text/markdown"
    subject   = "Redis memory is more than 85% full"
  }
}
