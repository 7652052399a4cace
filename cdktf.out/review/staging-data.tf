# Stack staging-data, for review. Terraform reads stacks/staging-data/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "staging/data"
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

variable "db_app_password" {
  description = "Password of beep_app: the pinned version of beep-db-pg-password"
  ephemeral   = true
  nullable    = false
  sensitive   = true
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.~-]{24,128}$", var.db_app_password))
    error_message = "db_app_password must have 24 to 128 characters from A-Z a-z 0-9 _ . ~ and -."
  }
}

variable "db_owner_password" {
  description = "Password of beep_owner: the pinned version of beep-db-pg-owner-password"
  ephemeral   = true
  nullable    = false
  sensitive   = true
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.~-]{24,128}$", var.db_owner_password))
    error_message = "db_owner_password must have 24 to 128 characters from A-Z a-z 0-9 _ . ~ and -."
  }
}

variable "image_lgtm" {
  description = "Container image, pinned as NAME@sha256:DIGEST"
  nullable    = false
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_lgtm))
    error_message = "image_lgtm must end in @sha256: and 64 hexadecimal digits."
  }
}

# staging-data/postgres/app-url
resource "google_secret_manager_secret_version" "postgres_app_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-db-pg-url"
  secret_data_wo         = "postgresql://beep_app:${var.db_app_password}@127.0.0.1:5432/beep"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/postgres/database
resource "google_sql_database" "postgres_database" {
  deletion_policy = "ABANDON"
  instance        = google_sql_database_instance.postgres_instance.name
  name            = "beep"
}

# staging-data/postgres/instance
resource "google_sql_database_instance" "postgres_instance" {
  database_version    = "POSTGRES_17"
  deletion_protection = true
  name                = "beep-staging"
  region              = "us-central1"

  settings {
    availability_type           = "ZONAL"
    connector_enforcement       = "REQUIRED"
    deletion_protection_enabled = true
    disk_autoresize             = true
    disk_autoresize_limit       = 0
    disk_size                   = 10
    disk_type                   = "PD_SSD"
    edition                     = "ENTERPRISE"
    retain_backups_on_delete    = true
    tier                        = "db-custom-1-3840"
    user_labels = {
      "cost-center" = "beep-staging"
      environment   = "staging"
      "managed-by"  = "terraform"
      team          = "platform"
    }

    backup_configuration {
      enabled                        = true
      location                       = "us-central1"
      point_in_time_recovery_enabled = true
      start_time                     = "03:00"
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
        retention_unit   = "COUNT"
      }
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
    database_flags {
      name  = "log_connections"
      value = "on"
    }
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
    database_flags {
      name  = "log_min_duration_statement"
      value = "-1"
    }
    database_flags {
      name  = "maintenance_work_mem"
      value = "245760"
    }
    database_flags {
      name  = "max_connections"
      value = "200"
    }

    insights_config {
      query_insights_enabled  = true
      query_plans_per_minute  = 5
      query_string_length     = 1024
      record_application_tags = true
      record_client_address   = false
    }

    ip_configuration {
      allocated_ip_range                            = "beep-staging-services"
      enable_private_path_for_google_cloud_services = true
      ipv4_enabled                                  = false
      private_network                               = "projects/beep-staging-example/global/networks/beep-staging"
      ssl_mode                                      = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    maintenance_window {
      day          = 7
      hour         = 4
      update_track = "canary"
    }
  }

  lifecycle {
    ignore_changes  = [settings[0].disk_size]
    prevent_destroy = true
  }
}

# staging-data/postgres/owner
resource "google_sql_user" "postgres_owner" {
  deletion_policy     = "ABANDON"
  instance            = google_sql_database_instance.postgres_instance.name
  name                = "beep_owner"
  password_wo         = var.db_owner_password
  password_wo_version = 1
  type                = "BUILT_IN"
}

# staging-data/postgres/owner-url
resource "google_secret_manager_secret_version" "postgres_owner_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-db-pg-owner-url"
  secret_data_wo         = "postgresql://beep_owner:${var.db_owner_password}@127.0.0.1:5432/beep"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/postgres/readers-database-readers-example-com
resource "google_sql_user" "postgres_readers_database_readers_example_com" {
  instance = google_sql_database_instance.postgres_instance.name
  name     = "database-readers@example.com"
  type     = "CLOUD_IAM_GROUP"
}

# staging-data/pubsub/events
resource "google_pubsub_topic" "pubsub_events" {
  name = "beep-events"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/pubsub/events-publisher
resource "google_pubsub_topic_iam_member" "pubsub_events_publisher" {
  member = "serviceAccount:beep-api@beep-staging-example.iam.gserviceaccount.com"
  role   = "roles/pubsub.publisher"
  topic  = google_pubsub_topic.pubsub_events.name
}

# staging-data/pubsub/events-subscriber
resource "google_pubsub_subscription_iam_member" "pubsub_events_subscriber" {
  member       = "serviceAccount:beep-api@beep-staging-example.iam.gserviceaccount.com"
  role         = "roles/pubsub.subscriber"
  subscription = google_pubsub_subscription.pubsub_events_subscription.name
}

# staging-data/pubsub/events-subscription
resource "google_pubsub_subscription" "pubsub_events_subscription" {
  ack_deadline_seconds       = 60
  enable_message_ordering    = true
  message_retention_duration = "3600s"
  name                       = "beep-events"
  topic                      = google_pubsub_topic.pubsub_events.id

  expiration_policy {
    ttl = ""
  }

  retry_policy {
    maximum_backoff = "600s"
    minimum_backoff = "10s"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/pubsub/jobs
resource "google_pubsub_topic" "pubsub_jobs" {
  name = "beep-jobs"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/pubsub/jobs-dead-letter
resource "google_pubsub_topic" "pubsub_jobs_dead_letter" {
  name = "beep-jobs-dead-letter"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/pubsub/jobs-dead-letter-forwarder
resource "google_pubsub_subscription_iam_member" "pubsub_jobs_dead_letter_forwarder" {
  member       = "serviceAccount:service-100000000002@gcp-sa-pubsub.iam.gserviceaccount.com"
  role         = "roles/pubsub.subscriber"
  subscription = google_pubsub_subscription.pubsub_jobs_subscription.name
}

# staging-data/pubsub/jobs-dead-letter-publisher
resource "google_pubsub_topic_iam_member" "pubsub_jobs_dead_letter_publisher" {
  member = "serviceAccount:service-100000000002@gcp-sa-pubsub.iam.gserviceaccount.com"
  role   = "roles/pubsub.publisher"
  topic  = google_pubsub_topic.pubsub_jobs_dead_letter.name

  depends_on = [google_pubsub_subscription.pubsub_jobs_subscription]
}

# staging-data/pubsub/jobs-dead-letter-subscription
resource "google_pubsub_subscription" "pubsub_jobs_dead_letter_subscription" {
  message_retention_duration = "2678400s"
  name                       = "beep-jobs-dead-letter"
  topic                      = google_pubsub_topic.pubsub_jobs_dead_letter.id

  expiration_policy {
    ttl = ""
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/pubsub/jobs-publisher
resource "google_pubsub_topic_iam_member" "pubsub_jobs_publisher" {
  member = "serviceAccount:beep-api@beep-staging-example.iam.gserviceaccount.com"
  role   = "roles/pubsub.publisher"
  topic  = google_pubsub_topic.pubsub_jobs.name
}

# staging-data/pubsub/jobs-subscription
resource "google_pubsub_subscription" "pubsub_jobs_subscription" {
  ack_deadline_seconds       = 300
  enable_message_ordering    = false
  message_retention_duration = "604800s"
  name                       = "beep-jobs"
  topic                      = google_pubsub_topic.pubsub_jobs.id

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.pubsub_jobs_dead_letter.id
    max_delivery_attempts = 10
  }

  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = "https://beep-api-100000000002.us-central1.run.app/v1/jobs"

    oidc_token {
      audience              = "https://beep-api-100000000002.us-central1.run.app"
      service_account_email = "beep-pubsub-push@beep-staging-example.iam.gserviceaccount.com"
    }
  }

  retry_policy {
    maximum_backoff = "600s"
    minimum_backoff = "10s"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/redis/instance
resource "google_redis_instance" "redis_instance" {
  auth_enabled       = true
  authorized_network = "projects/beep-staging-example/global/networks/beep-staging"
  connect_mode       = "PRIVATE_SERVICE_ACCESS"
  memory_size_gb     = 1
  name               = "beep-staging"
  redis_configs = {
    "maxmemory-gb"     = "0.8"
    "maxmemory-policy" = "volatile-lru"
  }
  redis_version           = "REDIS_7_2"
  region                  = "us-central1"
  reserved_ip_range       = "beep-staging-services"
  tier                    = "STANDARD_HA"
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"

      start_time {
        hours   = 4
        minutes = 0
        nanos   = 0
        seconds = 0
      }
    }
  }

  persistence_config {
    persistence_mode    = "RDB"
    rdb_snapshot_period = "TWELVE_HOURS"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/redis/password
resource "google_secret_manager_secret_version" "redis_password" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-kv-redis-password"
  secret_data_wo         = google_redis_instance.redis_instance.auth_string
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/redis/server-ca
resource "google_secret_manager_secret_version" "redis_server_ca" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-redis-server-ca"
  secret_data_wo         = join("\n", google_redis_instance.redis_instance.server_ca_certs[*].cert)
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/redis/url
resource "google_secret_manager_secret_version" "redis_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-kv-redis-url"
  secret_data_wo         = "rediss://:${google_redis_instance.redis_instance.auth_string}@${google_redis_instance.redis_instance.host}:${google_redis_instance.redis_instance.port}"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/storage/bucket
resource "google_storage_bucket" "storage_bucket" {
  force_destroy               = false
  location                    = "US-CENTRAL1"
  name                        = "beep-staging-example"
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  cors {
    max_age_seconds = 3600
    method          = ["GET", "HEAD", "PUT"]
    origin = [
      "https://app.staging.example.com",
      "https://todox.staging.example.com",
      "https://www.staging.example.com",
    ]
    response_header = ["Content-MD5", "Content-Type", "ETag"]
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 30
      with_state                 = "ARCHIVED"
    }
  }
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 7
    }
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  versioning {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/storage/object-user
resource "google_storage_bucket_iam_member" "storage_object_user" {
  bucket = google_storage_bucket.storage_bucket.name
  member = "serviceAccount:beep-storage@beep-staging-example.iam.gserviceaccount.com"
  role   = "roles/storage.objectUser"
}

# staging-data/telemetry/address
resource "google_compute_address" "telemetry_address" {
  address_type = "INTERNAL"
  name         = "beep-telemetry"
  purpose      = "GCE_ENDPOINT"
  region       = "us-central1"
  subnetwork   = "projects/beep-staging-example/regions/us-central1/subnetworks/beep-staging"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/telemetry/allow-grafana
resource "google_compute_firewall" "telemetry_allow_grafana" {
  direction               = "INGRESS"
  name                    = "beep-telemetry-grafana"
  network                 = "projects/beep-staging-example/global/networks/beep-staging"
  source_ranges           = ["35.235.240.0/20"]
  target_service_accounts = ["beep-telemetry@beep-staging-example.iam.gserviceaccount.com"]

  allow {
    ports    = ["3000"]
    protocol = "tcp"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

# staging-data/telemetry/allow-otlp
resource "google_compute_firewall" "telemetry_allow_otlp" {
  direction               = "INGRESS"
  name                    = "beep-telemetry-otlp"
  network                 = "projects/beep-staging-example/global/networks/beep-staging"
  source_ranges           = ["10.10.0.0/24"]
  target_service_accounts = ["beep-telemetry@beep-staging-example.iam.gserviceaccount.com"]

  allow {
    ports    = ["4318"]
    protocol = "tcp"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

# staging-data/telemetry/allow-ssh
resource "google_compute_firewall" "telemetry_allow_ssh" {
  direction               = "INGRESS"
  name                    = "beep-telemetry-ssh"
  network                 = "projects/beep-staging-example/global/networks/beep-staging"
  source_ranges           = ["35.235.240.0/20"]
  target_service_accounts = ["beep-telemetry@beep-staging-example.iam.gserviceaccount.com"]

  allow {
    ports    = ["22"]
    protocol = "tcp"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

# staging-data/telemetry/data
resource "google_compute_disk" "telemetry_data" {
  name = "beep-telemetry-data"
  size = 50
  type = "pd-balanced"
  zone = "us-central1-b"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/telemetry/dns-record
resource "google_dns_record_set" "telemetry_dns_record" {
  managed_zone = "beep-staging-internal"
  name         = "telemetry.staging.beep.internal."
  rrdatas      = [google_compute_address.telemetry_address.address]
  ttl          = 60
  type         = "A"
}

# staging-data/telemetry/instance
resource "google_compute_instance" "telemetry_instance" {
  allow_stopping_for_update = true
  deletion_protection       = false
  machine_type              = "e2-standard-2"
  metadata = {
    "block-project-ssh-keys"    = "true"
    "cos-update-strategy"       = "update_disabled"
    "enable-oslogin"            = "true"
    "google-logging-enabled"    = "true"
    "google-monitoring-enabled" = "true"
    "serial-port-enable"        = "false"
  }
  metadata_startup_script = <<-EOT
    #!/bin/bash
    # On each boot: installs a unit that prepares the data disk and the secrets, and runs the container.
    set -euo pipefail
    umask 077

    readonly name=beep-telemetry
    readonly image='${var.image_lgtm}'
    readonly device=/dev/disk/by-id/google-data
    readonly interval=10
    readonly limit=18
    readonly user=
    readonly data=/mnt/disks/data
    readonly state=/run/$name
    readonly units=/run/systemd/system
    readonly mounts=/proc/mounts
    # Root's own home is read-only here; docker-credential-gcr and docker keep their settings below it.
    export HOME=$state

    log() {
      echo "$name: $*" >&2
    }

    fetch() {
      curl --silent --show-error --fail --max-time 20 --retry 5 --retry-connrefused "$@"
    }

    # Neither the token nor the value is ever an argument, which every process could see.
    read_secret() {
      local token file=$state/secrets/$2
      token=$(
        fetch --header 'Metadata-Flavor: Google' \
          http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token |
          sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
      )
      printf 'Authorization: Bearer %s\n' "$token" |
        fetch --header @- "https://secretmanager.googleapis.com/v1/$1:access" |
        tr -d '\n' | sed -n 's/.*"data" *: *"\([^"]*\)".*/\1/p' | base64 --decode >"$file.new"
      if [ ! -s "$file.new" ]; then
        log "$1 is empty"
        return 1
      fi
      # Readable for the user whom the container runs as, whoever that is; the folder is root's alone.
      if [ -n "$user" ]; then
        chown "$user" "$file.new"
        chmod 0400 "$file.new"
      else
        chmod 0444 "$file.new"
      fi
      mv "$file.new" "$file"
    }

    write_files() {
      true
    }

    read_secrets() {
      read_secret projects/beep-staging-example/secrets/beep-grafana-admin-password/versions/1 grafana-admin-password
    }

    create_container() {
      docker create --name beep-telemetry \
        --log-driver json-file --log-opt max-size=50m --log-opt max-file=3 \
        --security-opt no-new-privileges \
        --shm-size 64m \
        --publish 4318:4318 \
        --publish 3000:3000 \
        --volume $data/beep-telemetry:/data \
        --volume $state/secrets/grafana-admin-password:/run/secrets/grafana-admin-password:ro \
        --env GF_AUTH_ANONYMOUS_ENABLED=false \
        --env 'GF_SECURITY_ADMIN_PASSWORD=$__file{/run/secrets/grafana-admin-password}' \
        --env GF_PLUGINS_PREINSTALL_DISABLED=true \
        --env GF_ANALYTICS_CHECK_FOR_UPDATES=false \
        --env GF_ANALYTICS_REPORTING_ENABLED=false \
        --env GF_NEWS_NEWS_FEED_ENABLED=false \
        --env 'LOKI_EXTRA_ARGS=-store.retention=336h -compactor.retention-enabled=true -compactor.delete-request-store=filesystem' \
        --env 'PROMETHEUS_EXTRA_ARGS=--storage.tsdb.retention.time=336h --storage.tsdb.retention.size=16GB' \
        --env 'TEMPO_EXTRA_ARGS=-backend-worker.compaction.block-retention=336h -backend-scheduler.provider.work.compaction.block-retention=336h' \
        "$image" >/dev/null
    }

    is_healthy() {
      timeout 60 docker exec beep-telemetry /bin/bash -c 'curl --silent --max-time 5 --output /dev/null http://127.0.0.1:3000/ && curl --silent --max-time 5 --output /dev/null http://127.0.0.1:3100/ && curl --silent --max-time 5 --output /dev/null http://127.0.0.1:3200/ && curl --silent --max-time 5 --output /dev/null http://127.0.0.1:9090/ && curl --silent --max-time 5 --output /dev/null http://127.0.0.1:13133/'
    }

    set_up() {
      timeout 60 docker exec beep-telemetry /bin/bash -c 'cd /otel-lgtm/grafana && GF_PATHS_DATA=/data/grafana/data ./bin/grafana cli admin reset-admin-password --password-from-stdin </run/secrets/grafana-admin-password'
    }

    # Formats only what nobody has written to: a disk made from a snapshot never is.
    format_when_empty() {
      local probed=0
      blkid --probe "$device" >/dev/null || probed=$?
      if [ "$probed" -eq 0 ]; then
        return
      fi
      if [ "$probed" -ne 2 ]; then
        log "blkid cannot read the data disk: $probed"
        return 1
      fi
      dd if="$device" of=/dev/null bs=1M count=64 status=none
      if [ "$(dd if="$device" bs=1M count=64 status=none | tr -d '\0' | wc --bytes)" -ne 0 ]; then
        log "the data disk has no file system, but is not empty: it is left as it is"
        return 1
      fi
      log "formatting the data disk"
      mkfs.ext4 -q -m 0 "$device"
    }

    mount_data() {
      local checked=0
      if grep --quiet " $data " "$mounts"; then
        return
      fi
      format_when_empty
      e2fsck -p "$device" >&2 || checked=$?
      # 1 and 2: errors were found and corrected.
      if [ "$checked" -gt 2 ]; then
        log "the file system needs a person: e2fsck ended with $checked"
        return 1
      fi
      mkdir -p "$data"
      mount -t ext4 -o discard,nodev,nosuid "$device" "$data"
    }

    disk_size() {
      lsblk --bytes --nodeps --noheadings --output SIZE "$device"
    }

    # A disk that was enlarged is used in full without a restart.
    grow() {
      local now
      now=$(disk_size)
      if [ "$now" != "$size" ]; then
        resize2fs "$device" >&2
        size=$now
      fi
    }

    pull() {
      local registry
      registry=$(printf %s "$image" | cut -d / -f 1)
      docker-credential-gcr configure-docker --registries "$registry" >&2
      # What is here already starts even when the registry does not answer.
      docker pull --quiet "$image" >&2 || docker image inspect "$image" >/dev/null
    }

    prepare() {
      mkdir -p "$state/secrets" "$state/files"
      mount_data
      mkdir -p "$data/$name"
      write_files
      read_secrets
      pull
    }

    is_running() {
      [ "$(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null)" = true ]
    }

    # As the server wants to be stopped, for as long as a machine that goes down has.
    end_container() {
      docker stop --time 75 "$name" >/dev/null 2>&1 || true
      docker rm --force "$name" >/dev/null 2>&1 || true
    }

    # Ends when the container has ended or has to; the unit then starts everything again.
    run() {
      local failures=0 ready='' size=''
      end_container
      create_container
      docker start "$name" >/dev/null
      while is_running; do
        grow || log "the file system could not be enlarged"
        if is_healthy >/dev/null 2>&1; then
          failures=0
          if [ -z "$ready" ] && set_up; then
            ready=yes
            log "is ready"
          fi
        else
          failures=$((failures + 1))
          log "health check failed $failures of $limit times"
          if [ "$failures" -ge "$limit" ]; then
            end_container
          fi
        fi
        sleep "$interval"
      done
      log "the container has ended"
      return 1
    }

    install_unit() {
      mkdir -p "$state" "$units"
      cat "$0" >"$state/machine.sh"
      cat >"$units/$name.service" <<UNIT
    [Unit]
    Description=The container $name
    Wants=docker.service network-online.target
    After=docker.service network-online.target
    StartLimitIntervalSec=0

    [Service]
    ExecStartPre=/bin/bash $state/machine.sh prepare
    ExecStart=/bin/bash $state/machine.sh run
    ExecStopPost=/bin/bash $state/machine.sh end_container
    Restart=always
    RestartSec=5
    TimeoutStartSec=infinity
    TimeoutStopSec=90
    UNIT
      systemctl daemon-reload
      systemctl restart --no-block "$name.service"
    }

    if [ $# -eq 0 ]; then
      install_unit
    else
      "$1"
    fi
  EOT
  name                    = "beep-telemetry"
  zone                    = "us-central1-b"

  attached_disk {
    device_name = "data"
    source      = google_compute_disk.telemetry_data.self_link
  }

  boot_disk {
    auto_delete = true

    initialize_params {
      image = "projects/cos-cloud/global/images/cos-121-18867-381-184"
      size  = 20
      type  = "pd-balanced"
    }
  }

  network_interface {
    network_ip = google_compute_address.telemetry_address.address
    subnetwork = "projects/beep-staging-example/regions/us-central1/subnetworks/beep-staging"
  }

  scheduling {
    automatic_restart   = true
    on_host_maintenance = "MIGRATE"
  }

  service_account {
    email  = "beep-telemetry@beep-staging-example.iam.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_integrity_monitoring = true
    enable_secure_boot          = true
    enable_vtpm                 = true
  }
}

# staging-data/telemetry/snapshots
resource "google_compute_resource_policy" "telemetry_snapshots" {
  description = "Snapshots of the data of beep-telemetry"
  name        = "beep-telemetry-data"
  region      = "us-central1"

  snapshot_schedule_policy {
    retention_policy {
      max_retention_days    = 7
      on_source_disk_delete = "KEEP_AUTO_SNAPSHOTS"
    }

    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "04:00"
      }
    }

    snapshot_properties {
      guest_flush = false
      labels = {
        "cost-center" = "beep-staging"
        environment   = "staging"
        "managed-by"  = "terraform"
        team          = "platform"
      }
      storage_locations = ["us-central1"]
    }
  }
}

# staging-data/telemetry/snapshots-of-data
resource "google_compute_disk_resource_policy_attachment" "telemetry_snapshots_of_data" {
  disk = google_compute_disk.telemetry_data.name
  name = google_compute_resource_policy.telemetry_snapshots.name
  zone = "us-central1-b"
}

output "pubsub_topics" {
  description = "To which beep-api may publish; its subscriptions have the same names"
  value       = ["beep-events", "beep-jobs"]
}
