# Stack dev-data, for review. Terraform reads stacks/dev-data/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "dev/data"
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
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-dev-example"
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

variable "db_server_certificate" {
  description = "Certificate of Postgres, as PEM: the one in the pinned version of beep-db-pg-server-tls"
  ephemeral   = true
  nullable    = false
  sensitive   = true
  type        = string
}

variable "image_postgres" {
  default     = "us-central1-docker.pkg.dev/beep-shared-example/beep/pgvector:0.8.1-pg17"
  description = "Container image, by tag or by digest"
  nullable    = false
  type        = string
}

# dev-data/postgres/app-url
resource "google_secret_manager_secret_version" "postgres_app_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-dev-example/secrets/beep-db-pg-url"
  secret_data_wo         = "postgresql://beep_app:${var.db_app_password}@postgres.dev.beep.internal:5432/beep?sslmode=verify-full"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# dev-data/postgres/machine/address
resource "google_compute_address" "postgres_machine_address" {
  address_type = "INTERNAL"
  name         = "beep-postgres"
  purpose      = "GCE_ENDPOINT"
  region       = "us-central1"
  subnetwork   = "projects/beep-dev-example/regions/us-central1/subnetworks/beep-dev"

  lifecycle {}
}

# dev-data/postgres/machine/allow-clients
resource "google_compute_firewall" "postgres_machine_allow_clients" {
  direction               = "INGRESS"
  name                    = "beep-postgres-clients"
  network                 = "projects/beep-dev-example/global/networks/beep-dev"
  source_ranges           = ["10.8.0.0/28"]
  target_service_accounts = ["beep-postgres@beep-dev-example.iam.gserviceaccount.com"]

  allow {
    ports    = ["5432"]
    protocol = "tcp"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

# dev-data/postgres/machine/allow-ssh
resource "google_compute_firewall" "postgres_machine_allow_ssh" {
  direction               = "INGRESS"
  name                    = "beep-postgres-ssh"
  network                 = "projects/beep-dev-example/global/networks/beep-dev"
  source_ranges           = ["35.235.240.0/20"]
  target_service_accounts = ["beep-postgres@beep-dev-example.iam.gserviceaccount.com"]

  allow {
    ports    = ["22"]
    protocol = "tcp"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

# dev-data/postgres/machine/data
resource "google_compute_disk" "postgres_machine_data" {
  name = "beep-postgres-data"
  size = 20
  type = "pd-balanced"
  zone = "us-central1-b"

  lifecycle {}
}

# dev-data/postgres/machine/dns-record
resource "google_dns_record_set" "postgres_machine_dns_record" {
  managed_zone = "beep-dev-internal"
  name         = "postgres.dev.beep.internal."
  rrdatas      = [google_compute_address.postgres_machine_address.address]
  ttl          = 60
  type         = "A"
}

# dev-data/postgres/machine/instance
resource "google_compute_instance" "postgres_machine_instance" {
  allow_stopping_for_update = true
  deletion_protection       = false
  machine_type              = "e2-medium"
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

    readonly name=beep-postgres
    readonly image='${var.image_postgres}'
    readonly device=/dev/disk/by-id/google-data
    readonly interval=10
    readonly limit=18
    readonly user=999
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
      cat >$state/files/0 <<'END OF FILE'
    listen_addresses = '*'
    port = 5432
    hba_file = '/etc/postgresql/pg_hba.conf'
    max_connections = 150
    password_encryption = 'scram-sha-256'
    ssl = on
    ssl_cert_file = '/run/secrets/server.pem'
    ssl_key_file = '/run/secrets/server.pem'
    shared_buffers = '1024MB'
    effective_cache_size = '2560MB'
    maintenance_work_mem = '256MB'
    random_page_cost = 1.1
    max_wal_size = '2048MB'
    wal_compression = on
    wal_level = logical
    archive_mode = off
    max_slot_wal_keep_size = '4096MB'
    shared_preload_libraries = 'pg_stat_statements'
    log_checkpoints = on
    log_connections = on
    log_disconnections = on
    log_lock_waits = on
    log_min_duration_statement = -1
    log_line_prefix = '%m [%p] %q%u@%d '
    log_timezone = 'UTC'
    timezone = 'UTC'
    END OF FILE
      chmod 0444 $state/files/0
      cat >$state/files/1 <<'END OF FILE'
    # The superuser comes from inside the container only, as the user of the same name.
    local all all peer
    host all postgres all reject
    hostssl all all all scram-sha-256
    END OF FILE
      chmod 0444 $state/files/1
      cat >$state/files/2 <<'END OF FILE'
    \set owner_password `cat /run/secrets/owner-password`
    SET log_statement = 'none';
    SET log_min_error_statement = 'panic';
    SELECT 'CREATE ROLE beep_owner LOGIN CREATEROLE'
      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'beep_owner') \gexec
    ALTER ROLE beep_owner PASSWORD :'owner_password';
    ALTER ROLE postgres PASSWORD NULL;
    SELECT 'CREATE ROLE rls_bypass_admin NOLOGIN BYPASSRLS'
      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rls_bypass_admin') \gexec
    GRANT rls_bypass_admin TO beep_owner WITH ADMIN OPTION;
    SELECT 'CREATE DATABASE beep OWNER beep_owner'
      WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'beep') \gexec
    \connect beep
    CREATE EXTENSION IF NOT EXISTS vector;
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
    END OF FILE
      chmod 0444 $state/files/2
    }

    read_secrets() {
      read_secret projects/beep-dev-example/secrets/beep-db-pg-owner-password/versions/1 owner-password
      read_secret projects/beep-dev-example/secrets/beep-db-pg-server-tls/versions/1 server.pem
    }

    create_container() {
      docker create --name beep-postgres \
        --log-driver json-file --log-opt max-size=50m --log-opt max-file=3 \
        --security-opt no-new-privileges \
        --shm-size 512m \
        --publish 5432:5432 \
        --volume $data/beep-postgres:/var/lib/postgresql/data \
        --volume $state/secrets/owner-password:/run/secrets/owner-password:ro \
        --volume $state/secrets/server.pem:/run/secrets/server.pem:ro \
        --volume $state/files/0:/etc/postgresql/postgresql.conf:ro \
        --volume $state/files/1:/etc/postgresql/pg_hba.conf:ro \
        --volume $state/files/2:/etc/postgresql/roles.sql:ro \
        --env POSTGRES_INITDB_ARGS=--data-checksums \
        --env POSTGRES_PASSWORD_FILE=/run/secrets/owner-password \
        "$image" \
        postgres \
        -c \
        config_file=/etc/postgresql/postgresql.conf >/dev/null
    }

    is_healthy() {
      timeout 60 docker exec beep-postgres sh -c 'pg_isready --quiet --host=127.0.0.1 --port=5432 || [ $? -eq 1 ]'
    }

    set_up() {
      timeout 60 docker exec beep-postgres gosu postgres psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres --file=/etc/postgresql/roles.sql
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
  name                    = "beep-postgres"
  zone                    = "us-central1-b"

  attached_disk {
    device_name = "data"
    source      = google_compute_disk.postgres_machine_data.self_link
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
    network_ip = google_compute_address.postgres_machine_address.address
    subnetwork = "projects/beep-dev-example/regions/us-central1/subnetworks/beep-dev"
  }

  scheduling {
    automatic_restart   = true
    on_host_maintenance = "MIGRATE"
  }

  service_account {
    email  = "beep-postgres@beep-dev-example.iam.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_integrity_monitoring = true
    enable_secure_boot          = true
    enable_vtpm                 = true
  }
}

# dev-data/postgres/machine/snapshots
resource "google_compute_resource_policy" "postgres_machine_snapshots" {
  description = "Snapshots of the data of beep-postgres"
  name        = "beep-postgres-data"
  region      = "us-central1"

  snapshot_schedule_policy {
    retention_policy {
      max_retention_days    = 7
      on_source_disk_delete = "KEEP_AUTO_SNAPSHOTS"
    }

    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "00:00"
      }
    }

    snapshot_properties {
      guest_flush = false
      labels = {
        "cost-center" = "beep-dev"
        environment   = "dev"
        "managed-by"  = "terraform"
        team          = "platform"
      }
      storage_locations = ["us-central1"]
    }
  }
}

# dev-data/postgres/machine/snapshots-of-data
resource "google_compute_disk_resource_policy_attachment" "postgres_machine_snapshots_of_data" {
  disk = google_compute_disk.postgres_machine_data.name
  name = google_compute_resource_policy.postgres_machine_snapshots.name
  zone = "us-central1-b"
}

# dev-data/postgres/owner-url
resource "google_secret_manager_secret_version" "postgres_owner_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-dev-example/secrets/beep-db-pg-owner-url"
  secret_data_wo         = "postgresql://beep_owner:${var.db_owner_password}@postgres.dev.beep.internal:5432/beep?sslmode=verify-full"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# dev-data/postgres/server-ca
resource "google_secret_manager_secret_version" "postgres_server_ca" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-dev-example/secrets/beep-db-pg-server-ca"
  secret_data_wo         = var.db_server_certificate
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# dev-data/redis/instance
resource "google_redis_instance" "redis_instance" {
  auth_enabled       = true
  authorized_network = "projects/beep-dev-example/global/networks/beep-dev"
  connect_mode       = "PRIVATE_SERVICE_ACCESS"
  memory_size_gb     = 1
  name               = "beep-dev"
  redis_configs = {
    "maxmemory-gb"     = "0.8"
    "maxmemory-policy" = "volatile-lru"
  }
  redis_version           = "REDIS_7_2"
  region                  = "us-central1"
  reserved_ip_range       = "beep-dev-services"
  tier                    = "BASIC"
  transit_encryption_mode = "DISABLED"

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
    persistence_mode = "DISABLED"
  }

  lifecycle {}
}

# dev-data/redis/password
resource "google_secret_manager_secret_version" "redis_password" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-dev-example/secrets/beep-kv-redis-password"
  secret_data_wo         = google_redis_instance.redis_instance.auth_string
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# dev-data/redis/url
resource "google_secret_manager_secret_version" "redis_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-dev-example/secrets/beep-kv-redis-url"
  secret_data_wo         = "redis://:${google_redis_instance.redis_instance.auth_string}@${google_redis_instance.redis_instance.host}:${google_redis_instance.redis_instance.port}"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}
