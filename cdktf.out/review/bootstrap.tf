# Stack bootstrap, for review. Terraform reads stacks/bootstrap/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "bootstrap"
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
    "managed-by" = "terraform"
    team         = "platform"
  }
  project = "beep-shared-example"
  region  = "us-central1"
}

# bootstrap/access-log/iam
resource "google_project_iam_audit_config" "access_log_iam" {
  project = "beep-shared-example"
  service = "iam.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# bootstrap/access-log/storage
resource "google_project_iam_audit_config" "access_log_storage" {
  project = "beep-shared-example"
  service = "storage.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# bootstrap/access-log/sts
resource "google_project_iam_audit_config" "access_log_sts" {
  project = "beep-shared-example"
  service = "sts.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# bootstrap/artifact-registry/accounts-dev
resource "google_artifact_registry_repository_iam_member" "artifact_registry_accounts_dev" {
  location   = "us-central1"
  member     = "principalSet://cloudresourcemanager.googleapis.com/projects/100000000001/type/ServiceAccount"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/accounts-prod
resource "google_artifact_registry_repository_iam_member" "artifact_registry_accounts_prod" {
  location   = "us-central1"
  member     = "principalSet://cloudresourcemanager.googleapis.com/projects/100000000003/type/ServiceAccount"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/accounts-staging
resource "google_artifact_registry_repository_iam_member" "artifact_registry_accounts_staging" {
  location   = "us-central1"
  member     = "principalSet://cloudresourcemanager.googleapis.com/projects/100000000002/type/ServiceAccount"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/build
resource "google_artifact_registry_repository_iam_member" "artifact_registry_build" {
  location   = "us-central1"
  member     = google_service_account.build_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.writer"
}

# bootstrap/artifact-registry/cloud-run-dev
resource "google_artifact_registry_repository_iam_member" "artifact_registry_cloud_run_dev" {
  location   = "us-central1"
  member     = "serviceAccount:service-100000000001@serverless-robot-prod.iam.gserviceaccount.com"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/cloud-run-prod
resource "google_artifact_registry_repository_iam_member" "artifact_registry_cloud_run_prod" {
  location   = "us-central1"
  member     = "serviceAccount:service-100000000003@serverless-robot-prod.iam.gserviceaccount.com"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/cloud-run-staging
resource "google_artifact_registry_repository_iam_member" "artifact_registry_cloud_run_staging" {
  location   = "us-central1"
  member     = "serviceAccount:service-100000000002@serverless-robot-prod.iam.gserviceaccount.com"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/deploy-dev
resource "google_artifact_registry_repository_iam_member" "artifact_registry_deploy_dev" {
  location   = "us-central1"
  member     = google_service_account.deploy_dev_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/deploy-prod
resource "google_artifact_registry_repository_iam_member" "artifact_registry_deploy_prod" {
  location   = "us-central1"
  member     = google_service_account.deploy_prod_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/deploy-staging
resource "google_artifact_registry_repository_iam_member" "artifact_registry_deploy_staging" {
  location   = "us-central1"
  member     = google_service_account.deploy_staging_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/repository
resource "google_artifact_registry_repository" "artifact_registry_repository" {
  cleanup_policy_dry_run = false
  description            = "Images of the beep applications, built once and promoted by digest"
  format                 = "DOCKER"
  location               = "us-central1"
  mode                   = "STANDARD_REPOSITORY"
  repository_id          = "beep"

  cleanup_policies {
    action = "KEEP"
    id     = "keep-newest"

    most_recent_versions {
      keep_count = 50
    }
  }
  cleanup_policies {
    action = "KEEP"
    id     = "keep-deployed"

    condition {
      tag_prefixes = ["dev-", "staging-", "prod-"]
      tag_state    = "TAGGED"
    }
  }
  cleanup_policies {
    action = "DELETE"
    id     = "delete-untagged"

    condition {
      older_than = "1209600s"
      tag_state  = "UNTAGGED"
    }
  }

  docker_config {
    immutable_tags = false
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [
    google_project_service.project_services_artifactregistry,
    google_project_service.project_services_containeranalysis,
    google_project_service.project_services_containerscanning,
  ]
}

# bootstrap/build/account
resource "google_service_account" "build_account" {
  account_id   = "build-images"
  description  = "Pushes images, and reaches nothing else"
  display_name = "build-images"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/build/federation
resource "google_service_account_iam_member" "build_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:images"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.build_account.name
}

# bootstrap/deploy-dev/account
resource "google_service_account" "deploy_dev_account" {
  account_id   = "deploy-dev"
  description  = "Deploys dev from GitHub"
  display_name = "deploy-dev"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/deploy-dev/federation
resource "google_service_account_iam_member" "deploy_dev_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:dev"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.deploy_dev_account.name
}

# bootstrap/deploy-dev/job-logs
resource "google_project_iam_member" "deploy_dev_job_logs" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/logging.viewAccessor"

  condition {
    expression = "resource.name.endsWith(\"locations/global/buckets/_Default/views/cloud-run-jobs\")"
    title      = "one-log-view-only"
  }
}

# bootstrap/deploy-dev/project/grant
resource "google_project_iam_member" "deploy_dev_project_grant" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = google_project_iam_custom_role.deploy_dev_project_role.name
}

# bootstrap/deploy-dev/project/role
resource "google_project_iam_custom_role" "deploy_dev_project_role" {
  description = "Deploys from GitHub"
  permissions = [
    "certificatemanager.certmapentries.create",
    "certificatemanager.certmapentries.delete",
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmapentries.update",
    "certificatemanager.certmaps.create",
    "certificatemanager.certmaps.delete",
    "certificatemanager.certmaps.get",
    "certificatemanager.certmaps.update",
    "certificatemanager.certmaps.use",
    "certificatemanager.certs.create",
    "certificatemanager.certs.delete",
    "certificatemanager.certs.get",
    "certificatemanager.certs.update",
    "certificatemanager.certs.use",
    "certificatemanager.dnsauthorizations.create",
    "certificatemanager.dnsauthorizations.delete",
    "certificatemanager.dnsauthorizations.get",
    "certificatemanager.dnsauthorizations.update",
    "certificatemanager.dnsauthorizations.use",
    "certificatemanager.operations.get",
    "cloudsql.databases.create",
    "cloudsql.databases.get",
    "cloudsql.databases.update",
    "cloudsql.instances.create",
    "cloudsql.instances.delete",
    "cloudsql.instances.get",
    "cloudsql.instances.update",
    "cloudsql.users.create",
    "cloudsql.users.delete",
    "cloudsql.users.get",
    "cloudsql.users.list",
    "cloudsql.users.update",
    "compute.addresses.create",
    "compute.addresses.createInternal",
    "compute.addresses.delete",
    "compute.addresses.deleteInternal",
    "compute.addresses.get",
    "compute.addresses.list",
    "compute.addresses.setLabels",
    "compute.addresses.use",
    "compute.addresses.useInternal",
    "compute.backendServices.create",
    "compute.backendServices.delete",
    "compute.backendServices.get",
    "compute.backendServices.setSecurityPolicy",
    "compute.backendServices.update",
    "compute.backendServices.use",
    "compute.disks.addResourcePolicies",
    "compute.disks.create",
    "compute.disks.delete",
    "compute.disks.get",
    "compute.disks.removeResourcePolicies",
    "compute.disks.resize",
    "compute.disks.setLabels",
    "compute.disks.update",
    "compute.disks.use",
    "compute.firewalls.create",
    "compute.firewalls.delete",
    "compute.firewalls.get",
    "compute.firewalls.update",
    "compute.globalAddresses.create",
    "compute.globalAddresses.createInternal",
    "compute.globalAddresses.delete",
    "compute.globalAddresses.deleteInternal",
    "compute.globalAddresses.get",
    "compute.globalAddresses.setLabels",
    "compute.globalAddresses.use",
    "compute.globalForwardingRules.create",
    "compute.globalForwardingRules.delete",
    "compute.globalForwardingRules.get",
    "compute.globalForwardingRules.setLabels",
    "compute.globalForwardingRules.setTarget",
    "compute.globalForwardingRules.update",
    "compute.globalOperations.get",
    "compute.instances.attachDisk",
    "compute.instances.create",
    "compute.instances.delete",
    "compute.instances.detachDisk",
    "compute.instances.get",
    "compute.instances.setDeletionProtection",
    "compute.instances.setDiskAutoDelete",
    "compute.instances.setLabels",
    "compute.instances.setMachineType",
    "compute.instances.setMetadata",
    "compute.instances.setScheduling",
    "compute.instances.setServiceAccount",
    "compute.instances.setTags",
    "compute.instances.start",
    "compute.instances.stop",
    "compute.instances.update",
    "compute.instances.updateNetworkInterface",
    "compute.instances.updateShieldedInstanceConfig",
    "compute.networks.create",
    "compute.networks.delete",
    "compute.networks.get",
    "compute.networks.list",
    "compute.networks.update",
    "compute.networks.updatePolicy",
    "compute.networks.use",
    "compute.regionNetworkEndpointGroups.create",
    "compute.regionNetworkEndpointGroups.delete",
    "compute.regionNetworkEndpointGroups.get",
    "compute.regionNetworkEndpointGroups.use",
    "compute.regionOperations.get",
    "compute.resourcePolicies.create",
    "compute.resourcePolicies.delete",
    "compute.resourcePolicies.get",
    "compute.resourcePolicies.update",
    "compute.resourcePolicies.use",
    "compute.routers.create",
    "compute.routers.delete",
    "compute.routers.get",
    "compute.routers.update",
    "compute.securityPolicies.create",
    "compute.securityPolicies.delete",
    "compute.securityPolicies.get",
    "compute.securityPolicies.update",
    "compute.securityPolicies.use",
    "compute.snapshots.useReadOnly",
    "compute.sslPolicies.create",
    "compute.sslPolicies.delete",
    "compute.sslPolicies.get",
    "compute.sslPolicies.update",
    "compute.sslPolicies.use",
    "compute.subnetworks.create",
    "compute.subnetworks.delete",
    "compute.subnetworks.expandIpCidrRange",
    "compute.subnetworks.get",
    "compute.subnetworks.setPrivateIpGoogleAccess",
    "compute.subnetworks.update",
    "compute.subnetworks.use",
    "compute.targetHttpProxies.create",
    "compute.targetHttpProxies.delete",
    "compute.targetHttpProxies.get",
    "compute.targetHttpProxies.setUrlMap",
    "compute.targetHttpProxies.use",
    "compute.targetHttpsProxies.create",
    "compute.targetHttpsProxies.delete",
    "compute.targetHttpsProxies.get",
    "compute.targetHttpsProxies.setCertificateMap",
    "compute.targetHttpsProxies.setQuicOverride",
    "compute.targetHttpsProxies.setSslPolicy",
    "compute.targetHttpsProxies.setUrlMap",
    "compute.targetHttpsProxies.update",
    "compute.targetHttpsProxies.use",
    "compute.urlMaps.create",
    "compute.urlMaps.delete",
    "compute.urlMaps.get",
    "compute.urlMaps.update",
    "compute.urlMaps.use",
    "compute.zoneOperations.get",
    "compute.zones.get",
    "dns.changes.create",
    "dns.changes.get",
    "dns.managedZones.create",
    "dns.managedZones.delete",
    "dns.managedZones.get",
    "dns.managedZones.update",
    "dns.networks.bindPrivateDNSPolicy",
    "dns.networks.bindPrivateDNSZone",
    "dns.policies.create",
    "dns.policies.delete",
    "dns.policies.get",
    "dns.policies.update",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.delete",
    "dns.resourceRecordSets.list",
    "dns.resourceRecordSets.update",
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.delete",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
    "iam.serviceAccounts.update",
    "logging.logMetrics.create",
    "logging.logMetrics.delete",
    "logging.logMetrics.get",
    "logging.logMetrics.update",
    "logging.notificationRules.create",
    "logging.notificationRules.delete",
    "logging.notificationRules.update",
    "monitoring.alertPolicies.create",
    "monitoring.alertPolicies.delete",
    "monitoring.alertPolicies.get",
    "monitoring.alertPolicies.update",
    "monitoring.alerts.list",
    "monitoring.dashboards.create",
    "monitoring.dashboards.delete",
    "monitoring.dashboards.get",
    "monitoring.dashboards.update",
    "monitoring.notificationChannels.create",
    "monitoring.notificationChannels.delete",
    "monitoring.notificationChannels.get",
    "monitoring.notificationChannels.update",
    "monitoring.services.create",
    "monitoring.services.delete",
    "monitoring.services.get",
    "monitoring.services.update",
    "monitoring.slos.create",
    "monitoring.slos.delete",
    "monitoring.slos.get",
    "monitoring.slos.update",
    "monitoring.timeSeries.list",
    "monitoring.uptimeCheckConfigs.create",
    "monitoring.uptimeCheckConfigs.delete",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "monitoring.uptimeCheckConfigs.update",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "pubsub.topics.setIamPolicy",
    "pubsub.topics.update",
    "redis.instances.create",
    "redis.instances.delete",
    "redis.instances.get",
    "redis.instances.getAuthString",
    "redis.instances.update",
    "redis.instances.updateAuth",
    "redis.instances.upgrade",
    "redis.operations.get",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.executions.get",
    "run.executions.list",
    "run.jobs.create",
    "run.jobs.delete",
    "run.jobs.get",
    "run.jobs.run",
    "run.jobs.update",
    "run.operations.get",
    "run.revisions.get",
    "run.revisions.list",
    "run.services.create",
    "run.services.delete",
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.setIamPolicy",
    "run.services.update",
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
    "secretmanager.versions.add",
    "secretmanager.versions.disable",
    "secretmanager.versions.enable",
    "secretmanager.versions.get",
    "servicenetworking.operations.get",
    "servicenetworking.services.addPeering",
    "servicenetworking.services.deleteConnection",
    "servicenetworking.services.get",
    "serviceusage.operations.get",
    "serviceusage.services.enable",
    "serviceusage.services.get",
    "serviceusage.services.list",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
    "vpcaccess.connectors.create",
    "vpcaccess.connectors.delete",
    "vpcaccess.connectors.get",
    "vpcaccess.connectors.update",
    "vpcaccess.operations.get",
  ]
  project = "beep-dev-example"
  role_id = "deployer"
  title   = "deployer"
}

# bootstrap/deploy-dev/project-resourcemanager-projectIamAdmin
resource "google_project_iam_member" "deploy_dev_project_resourcemanager_projectIamAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/resourcemanager.projectIamAdmin"

  condition {
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/cloudsql.instanceUser', 'roles/cloudsql.studioUser', 'roles/logging.logWriter', 'roles/monitoring.metricWriter'])"
    title      = "named-roles-only"
  }
}

# bootstrap/deploy-dev/state
resource "google_storage_bucket_iam_member" "deploy_dev_state" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_dev_account.member
  role   = "roles/storage.objectUser"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/deploy-dev/state-names
resource "google_storage_bucket_iam_member" "deploy_dev_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_dev_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/deploy-dev/unlisted/grant
resource "google_project_iam_member" "deploy_dev_unlisted_grant" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = google_project_iam_custom_role.deploy_dev_unlisted_role.name
}

# bootstrap/deploy-dev/unlisted/role
resource "google_project_iam_custom_role" "deploy_dev_unlisted_role" {
  description = "Deploys from GitHub"
  permissions = [
    "run.domainmappings.create",
    "run.domainmappings.delete",
    "run.domainmappings.get",
  ]
  project = "beep-dev-example"
  role_id = "deployer.unlisted"
  title   = "deployer.unlisted"
}

# bootstrap/deploy-prod/account
resource "google_service_account" "deploy_prod_account" {
  account_id   = "deploy-prod"
  description  = "Deploys prod from GitHub"
  display_name = "deploy-prod"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/deploy-prod/federation
resource "google_service_account_iam_member" "deploy_prod_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:prod"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.deploy_prod_account.name
}

# bootstrap/deploy-prod/job-logs
resource "google_project_iam_member" "deploy_prod_job_logs" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/logging.viewAccessor"

  condition {
    expression = "resource.name.endsWith(\"locations/global/buckets/_Default/views/cloud-run-jobs\")"
    title      = "one-log-view-only"
  }
}

# bootstrap/deploy-prod/project/grant
resource "google_project_iam_member" "deploy_prod_project_grant" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.deploy_prod_project_role.name
}

# bootstrap/deploy-prod/project/role
resource "google_project_iam_custom_role" "deploy_prod_project_role" {
  description = "Deploys from GitHub"
  permissions = [
    "certificatemanager.certmapentries.create",
    "certificatemanager.certmapentries.delete",
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmapentries.update",
    "certificatemanager.certmaps.create",
    "certificatemanager.certmaps.delete",
    "certificatemanager.certmaps.get",
    "certificatemanager.certmaps.update",
    "certificatemanager.certmaps.use",
    "certificatemanager.certs.create",
    "certificatemanager.certs.delete",
    "certificatemanager.certs.get",
    "certificatemanager.certs.update",
    "certificatemanager.certs.use",
    "certificatemanager.dnsauthorizations.create",
    "certificatemanager.dnsauthorizations.delete",
    "certificatemanager.dnsauthorizations.get",
    "certificatemanager.dnsauthorizations.update",
    "certificatemanager.dnsauthorizations.use",
    "certificatemanager.operations.get",
    "cloudsql.databases.create",
    "cloudsql.databases.get",
    "cloudsql.databases.update",
    "cloudsql.instances.create",
    "cloudsql.instances.delete",
    "cloudsql.instances.get",
    "cloudsql.instances.update",
    "cloudsql.users.create",
    "cloudsql.users.delete",
    "cloudsql.users.get",
    "cloudsql.users.list",
    "cloudsql.users.update",
    "compute.addresses.create",
    "compute.addresses.createInternal",
    "compute.addresses.delete",
    "compute.addresses.deleteInternal",
    "compute.addresses.get",
    "compute.addresses.list",
    "compute.addresses.setLabels",
    "compute.addresses.use",
    "compute.addresses.useInternal",
    "compute.backendServices.create",
    "compute.backendServices.delete",
    "compute.backendServices.get",
    "compute.backendServices.setSecurityPolicy",
    "compute.backendServices.update",
    "compute.backendServices.use",
    "compute.disks.addResourcePolicies",
    "compute.disks.create",
    "compute.disks.delete",
    "compute.disks.get",
    "compute.disks.removeResourcePolicies",
    "compute.disks.resize",
    "compute.disks.setLabels",
    "compute.disks.update",
    "compute.disks.use",
    "compute.firewalls.create",
    "compute.firewalls.delete",
    "compute.firewalls.get",
    "compute.firewalls.update",
    "compute.globalAddresses.create",
    "compute.globalAddresses.createInternal",
    "compute.globalAddresses.delete",
    "compute.globalAddresses.deleteInternal",
    "compute.globalAddresses.get",
    "compute.globalAddresses.setLabels",
    "compute.globalAddresses.use",
    "compute.globalForwardingRules.create",
    "compute.globalForwardingRules.delete",
    "compute.globalForwardingRules.get",
    "compute.globalForwardingRules.setLabels",
    "compute.globalForwardingRules.setTarget",
    "compute.globalForwardingRules.update",
    "compute.globalOperations.get",
    "compute.instances.attachDisk",
    "compute.instances.create",
    "compute.instances.delete",
    "compute.instances.detachDisk",
    "compute.instances.get",
    "compute.instances.setDeletionProtection",
    "compute.instances.setDiskAutoDelete",
    "compute.instances.setLabels",
    "compute.instances.setMachineType",
    "compute.instances.setMetadata",
    "compute.instances.setScheduling",
    "compute.instances.setServiceAccount",
    "compute.instances.setTags",
    "compute.instances.start",
    "compute.instances.stop",
    "compute.instances.update",
    "compute.instances.updateNetworkInterface",
    "compute.instances.updateShieldedInstanceConfig",
    "compute.networks.create",
    "compute.networks.delete",
    "compute.networks.get",
    "compute.networks.list",
    "compute.networks.update",
    "compute.networks.updatePolicy",
    "compute.networks.use",
    "compute.regionNetworkEndpointGroups.create",
    "compute.regionNetworkEndpointGroups.delete",
    "compute.regionNetworkEndpointGroups.get",
    "compute.regionNetworkEndpointGroups.use",
    "compute.regionOperations.get",
    "compute.resourcePolicies.create",
    "compute.resourcePolicies.delete",
    "compute.resourcePolicies.get",
    "compute.resourcePolicies.update",
    "compute.resourcePolicies.use",
    "compute.routers.create",
    "compute.routers.delete",
    "compute.routers.get",
    "compute.routers.update",
    "compute.securityPolicies.create",
    "compute.securityPolicies.delete",
    "compute.securityPolicies.get",
    "compute.securityPolicies.update",
    "compute.securityPolicies.use",
    "compute.snapshots.useReadOnly",
    "compute.sslPolicies.create",
    "compute.sslPolicies.delete",
    "compute.sslPolicies.get",
    "compute.sslPolicies.update",
    "compute.sslPolicies.use",
    "compute.subnetworks.create",
    "compute.subnetworks.delete",
    "compute.subnetworks.expandIpCidrRange",
    "compute.subnetworks.get",
    "compute.subnetworks.setPrivateIpGoogleAccess",
    "compute.subnetworks.update",
    "compute.subnetworks.use",
    "compute.targetHttpProxies.create",
    "compute.targetHttpProxies.delete",
    "compute.targetHttpProxies.get",
    "compute.targetHttpProxies.setUrlMap",
    "compute.targetHttpProxies.use",
    "compute.targetHttpsProxies.create",
    "compute.targetHttpsProxies.delete",
    "compute.targetHttpsProxies.get",
    "compute.targetHttpsProxies.setCertificateMap",
    "compute.targetHttpsProxies.setQuicOverride",
    "compute.targetHttpsProxies.setSslPolicy",
    "compute.targetHttpsProxies.setUrlMap",
    "compute.targetHttpsProxies.update",
    "compute.targetHttpsProxies.use",
    "compute.urlMaps.create",
    "compute.urlMaps.delete",
    "compute.urlMaps.get",
    "compute.urlMaps.update",
    "compute.urlMaps.use",
    "compute.zoneOperations.get",
    "compute.zones.get",
    "dns.changes.create",
    "dns.changes.get",
    "dns.managedZones.create",
    "dns.managedZones.delete",
    "dns.managedZones.get",
    "dns.managedZones.update",
    "dns.networks.bindPrivateDNSPolicy",
    "dns.networks.bindPrivateDNSZone",
    "dns.policies.create",
    "dns.policies.delete",
    "dns.policies.get",
    "dns.policies.update",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.delete",
    "dns.resourceRecordSets.list",
    "dns.resourceRecordSets.update",
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.delete",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
    "iam.serviceAccounts.update",
    "logging.logMetrics.create",
    "logging.logMetrics.delete",
    "logging.logMetrics.get",
    "logging.logMetrics.update",
    "logging.notificationRules.create",
    "logging.notificationRules.delete",
    "logging.notificationRules.update",
    "monitoring.alertPolicies.create",
    "monitoring.alertPolicies.delete",
    "monitoring.alertPolicies.get",
    "monitoring.alertPolicies.update",
    "monitoring.alerts.list",
    "monitoring.dashboards.create",
    "monitoring.dashboards.delete",
    "monitoring.dashboards.get",
    "monitoring.dashboards.update",
    "monitoring.notificationChannels.create",
    "monitoring.notificationChannels.delete",
    "monitoring.notificationChannels.get",
    "monitoring.notificationChannels.update",
    "monitoring.services.create",
    "monitoring.services.delete",
    "monitoring.services.get",
    "monitoring.services.update",
    "monitoring.slos.create",
    "monitoring.slos.delete",
    "monitoring.slos.get",
    "monitoring.slos.update",
    "monitoring.timeSeries.list",
    "monitoring.uptimeCheckConfigs.create",
    "monitoring.uptimeCheckConfigs.delete",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "monitoring.uptimeCheckConfigs.update",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "pubsub.topics.setIamPolicy",
    "pubsub.topics.update",
    "redis.instances.create",
    "redis.instances.delete",
    "redis.instances.get",
    "redis.instances.getAuthString",
    "redis.instances.update",
    "redis.instances.updateAuth",
    "redis.instances.upgrade",
    "redis.operations.get",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.executions.get",
    "run.executions.list",
    "run.jobs.create",
    "run.jobs.delete",
    "run.jobs.get",
    "run.jobs.run",
    "run.jobs.update",
    "run.operations.get",
    "run.revisions.get",
    "run.revisions.list",
    "run.services.create",
    "run.services.delete",
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.setIamPolicy",
    "run.services.update",
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
    "secretmanager.versions.add",
    "secretmanager.versions.disable",
    "secretmanager.versions.enable",
    "secretmanager.versions.get",
    "servicenetworking.operations.get",
    "servicenetworking.services.addPeering",
    "servicenetworking.services.deleteConnection",
    "servicenetworking.services.get",
    "serviceusage.operations.get",
    "serviceusage.services.enable",
    "serviceusage.services.get",
    "serviceusage.services.list",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
    "vpcaccess.connectors.create",
    "vpcaccess.connectors.delete",
    "vpcaccess.connectors.get",
    "vpcaccess.connectors.update",
    "vpcaccess.operations.get",
  ]
  project = "beep-prod-example"
  role_id = "deployer"
  title   = "deployer"
}

# bootstrap/deploy-prod/project-resourcemanager-projectIamAdmin
resource "google_project_iam_member" "deploy_prod_project_resourcemanager_projectIamAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/resourcemanager.projectIamAdmin"

  condition {
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/cloudsql.instanceUser', 'roles/cloudsql.studioUser', 'roles/logging.logWriter', 'roles/monitoring.metricWriter'])"
    title      = "named-roles-only"
  }
}

# bootstrap/deploy-prod/state
resource "google_storage_bucket_iam_member" "deploy_prod_state" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_prod_account.member
  role   = "roles/storage.objectUser"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/deploy-prod/state-names
resource "google_storage_bucket_iam_member" "deploy_prod_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_prod_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/deploy-prod/unlisted/grant
resource "google_project_iam_member" "deploy_prod_unlisted_grant" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.deploy_prod_unlisted_role.name
}

# bootstrap/deploy-prod/unlisted/role
resource "google_project_iam_custom_role" "deploy_prod_unlisted_role" {
  description = "Deploys from GitHub"
  permissions = [
    "run.domainmappings.create",
    "run.domainmappings.delete",
    "run.domainmappings.get",
  ]
  project = "beep-prod-example"
  role_id = "deployer.unlisted"
  title   = "deployer.unlisted"
}

# bootstrap/deploy-staging/account
resource "google_service_account" "deploy_staging_account" {
  account_id   = "deploy-staging"
  description  = "Deploys staging from GitHub"
  display_name = "deploy-staging"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/deploy-staging/federation
resource "google_service_account_iam_member" "deploy_staging_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:staging"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.deploy_staging_account.name
}

# bootstrap/deploy-staging/job-logs
resource "google_project_iam_member" "deploy_staging_job_logs" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/logging.viewAccessor"

  condition {
    expression = "resource.name.endsWith(\"locations/global/buckets/_Default/views/cloud-run-jobs\")"
    title      = "one-log-view-only"
  }
}

# bootstrap/deploy-staging/project/grant
resource "google_project_iam_member" "deploy_staging_project_grant" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = google_project_iam_custom_role.deploy_staging_project_role.name
}

# bootstrap/deploy-staging/project/role
resource "google_project_iam_custom_role" "deploy_staging_project_role" {
  description = "Deploys from GitHub"
  permissions = [
    "certificatemanager.certmapentries.create",
    "certificatemanager.certmapentries.delete",
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmapentries.update",
    "certificatemanager.certmaps.create",
    "certificatemanager.certmaps.delete",
    "certificatemanager.certmaps.get",
    "certificatemanager.certmaps.update",
    "certificatemanager.certmaps.use",
    "certificatemanager.certs.create",
    "certificatemanager.certs.delete",
    "certificatemanager.certs.get",
    "certificatemanager.certs.update",
    "certificatemanager.certs.use",
    "certificatemanager.dnsauthorizations.create",
    "certificatemanager.dnsauthorizations.delete",
    "certificatemanager.dnsauthorizations.get",
    "certificatemanager.dnsauthorizations.update",
    "certificatemanager.dnsauthorizations.use",
    "certificatemanager.operations.get",
    "cloudsql.databases.create",
    "cloudsql.databases.get",
    "cloudsql.databases.update",
    "cloudsql.instances.create",
    "cloudsql.instances.delete",
    "cloudsql.instances.get",
    "cloudsql.instances.update",
    "cloudsql.users.create",
    "cloudsql.users.delete",
    "cloudsql.users.get",
    "cloudsql.users.list",
    "cloudsql.users.update",
    "compute.addresses.create",
    "compute.addresses.createInternal",
    "compute.addresses.delete",
    "compute.addresses.deleteInternal",
    "compute.addresses.get",
    "compute.addresses.list",
    "compute.addresses.setLabels",
    "compute.addresses.use",
    "compute.addresses.useInternal",
    "compute.backendServices.create",
    "compute.backendServices.delete",
    "compute.backendServices.get",
    "compute.backendServices.setSecurityPolicy",
    "compute.backendServices.update",
    "compute.backendServices.use",
    "compute.disks.addResourcePolicies",
    "compute.disks.create",
    "compute.disks.delete",
    "compute.disks.get",
    "compute.disks.removeResourcePolicies",
    "compute.disks.resize",
    "compute.disks.setLabels",
    "compute.disks.update",
    "compute.disks.use",
    "compute.firewalls.create",
    "compute.firewalls.delete",
    "compute.firewalls.get",
    "compute.firewalls.update",
    "compute.globalAddresses.create",
    "compute.globalAddresses.createInternal",
    "compute.globalAddresses.delete",
    "compute.globalAddresses.deleteInternal",
    "compute.globalAddresses.get",
    "compute.globalAddresses.setLabels",
    "compute.globalAddresses.use",
    "compute.globalForwardingRules.create",
    "compute.globalForwardingRules.delete",
    "compute.globalForwardingRules.get",
    "compute.globalForwardingRules.setLabels",
    "compute.globalForwardingRules.setTarget",
    "compute.globalForwardingRules.update",
    "compute.globalOperations.get",
    "compute.instances.attachDisk",
    "compute.instances.create",
    "compute.instances.delete",
    "compute.instances.detachDisk",
    "compute.instances.get",
    "compute.instances.setDeletionProtection",
    "compute.instances.setDiskAutoDelete",
    "compute.instances.setLabels",
    "compute.instances.setMachineType",
    "compute.instances.setMetadata",
    "compute.instances.setScheduling",
    "compute.instances.setServiceAccount",
    "compute.instances.setTags",
    "compute.instances.start",
    "compute.instances.stop",
    "compute.instances.update",
    "compute.instances.updateNetworkInterface",
    "compute.instances.updateShieldedInstanceConfig",
    "compute.networks.create",
    "compute.networks.delete",
    "compute.networks.get",
    "compute.networks.list",
    "compute.networks.update",
    "compute.networks.updatePolicy",
    "compute.networks.use",
    "compute.regionNetworkEndpointGroups.create",
    "compute.regionNetworkEndpointGroups.delete",
    "compute.regionNetworkEndpointGroups.get",
    "compute.regionNetworkEndpointGroups.use",
    "compute.regionOperations.get",
    "compute.resourcePolicies.create",
    "compute.resourcePolicies.delete",
    "compute.resourcePolicies.get",
    "compute.resourcePolicies.update",
    "compute.resourcePolicies.use",
    "compute.routers.create",
    "compute.routers.delete",
    "compute.routers.get",
    "compute.routers.update",
    "compute.securityPolicies.create",
    "compute.securityPolicies.delete",
    "compute.securityPolicies.get",
    "compute.securityPolicies.update",
    "compute.securityPolicies.use",
    "compute.snapshots.useReadOnly",
    "compute.sslPolicies.create",
    "compute.sslPolicies.delete",
    "compute.sslPolicies.get",
    "compute.sslPolicies.update",
    "compute.sslPolicies.use",
    "compute.subnetworks.create",
    "compute.subnetworks.delete",
    "compute.subnetworks.expandIpCidrRange",
    "compute.subnetworks.get",
    "compute.subnetworks.setPrivateIpGoogleAccess",
    "compute.subnetworks.update",
    "compute.subnetworks.use",
    "compute.targetHttpProxies.create",
    "compute.targetHttpProxies.delete",
    "compute.targetHttpProxies.get",
    "compute.targetHttpProxies.setUrlMap",
    "compute.targetHttpProxies.use",
    "compute.targetHttpsProxies.create",
    "compute.targetHttpsProxies.delete",
    "compute.targetHttpsProxies.get",
    "compute.targetHttpsProxies.setCertificateMap",
    "compute.targetHttpsProxies.setQuicOverride",
    "compute.targetHttpsProxies.setSslPolicy",
    "compute.targetHttpsProxies.setUrlMap",
    "compute.targetHttpsProxies.update",
    "compute.targetHttpsProxies.use",
    "compute.urlMaps.create",
    "compute.urlMaps.delete",
    "compute.urlMaps.get",
    "compute.urlMaps.update",
    "compute.urlMaps.use",
    "compute.zoneOperations.get",
    "compute.zones.get",
    "dns.changes.create",
    "dns.changes.get",
    "dns.managedZones.create",
    "dns.managedZones.delete",
    "dns.managedZones.get",
    "dns.managedZones.update",
    "dns.networks.bindPrivateDNSPolicy",
    "dns.networks.bindPrivateDNSZone",
    "dns.policies.create",
    "dns.policies.delete",
    "dns.policies.get",
    "dns.policies.update",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.delete",
    "dns.resourceRecordSets.list",
    "dns.resourceRecordSets.update",
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.delete",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
    "iam.serviceAccounts.update",
    "logging.logMetrics.create",
    "logging.logMetrics.delete",
    "logging.logMetrics.get",
    "logging.logMetrics.update",
    "logging.notificationRules.create",
    "logging.notificationRules.delete",
    "logging.notificationRules.update",
    "monitoring.alertPolicies.create",
    "monitoring.alertPolicies.delete",
    "monitoring.alertPolicies.get",
    "monitoring.alertPolicies.update",
    "monitoring.alerts.list",
    "monitoring.dashboards.create",
    "monitoring.dashboards.delete",
    "monitoring.dashboards.get",
    "monitoring.dashboards.update",
    "monitoring.notificationChannels.create",
    "monitoring.notificationChannels.delete",
    "monitoring.notificationChannels.get",
    "monitoring.notificationChannels.update",
    "monitoring.services.create",
    "monitoring.services.delete",
    "monitoring.services.get",
    "monitoring.services.update",
    "monitoring.slos.create",
    "monitoring.slos.delete",
    "monitoring.slos.get",
    "monitoring.slos.update",
    "monitoring.timeSeries.list",
    "monitoring.uptimeCheckConfigs.create",
    "monitoring.uptimeCheckConfigs.delete",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "monitoring.uptimeCheckConfigs.update",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "pubsub.topics.setIamPolicy",
    "pubsub.topics.update",
    "redis.instances.create",
    "redis.instances.delete",
    "redis.instances.get",
    "redis.instances.getAuthString",
    "redis.instances.update",
    "redis.instances.updateAuth",
    "redis.instances.upgrade",
    "redis.operations.get",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.executions.get",
    "run.executions.list",
    "run.jobs.create",
    "run.jobs.delete",
    "run.jobs.get",
    "run.jobs.run",
    "run.jobs.update",
    "run.operations.get",
    "run.revisions.get",
    "run.revisions.list",
    "run.services.create",
    "run.services.delete",
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.setIamPolicy",
    "run.services.update",
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
    "secretmanager.versions.add",
    "secretmanager.versions.disable",
    "secretmanager.versions.enable",
    "secretmanager.versions.get",
    "servicenetworking.operations.get",
    "servicenetworking.services.addPeering",
    "servicenetworking.services.deleteConnection",
    "servicenetworking.services.get",
    "serviceusage.operations.get",
    "serviceusage.services.enable",
    "serviceusage.services.get",
    "serviceusage.services.list",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
    "vpcaccess.connectors.create",
    "vpcaccess.connectors.delete",
    "vpcaccess.connectors.get",
    "vpcaccess.connectors.update",
    "vpcaccess.operations.get",
  ]
  project = "beep-staging-example"
  role_id = "deployer"
  title   = "deployer"
}

# bootstrap/deploy-staging/project-resourcemanager-projectIamAdmin
resource "google_project_iam_member" "deploy_staging_project_resourcemanager_projectIamAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/resourcemanager.projectIamAdmin"

  condition {
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/cloudsql.instanceUser', 'roles/cloudsql.studioUser', 'roles/logging.logWriter', 'roles/monitoring.metricWriter'])"
    title      = "named-roles-only"
  }
}

# bootstrap/deploy-staging/state
resource "google_storage_bucket_iam_member" "deploy_staging_state" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_staging_account.member
  role   = "roles/storage.objectUser"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/deploy-staging/state-names
resource "google_storage_bucket_iam_member" "deploy_staging_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_staging_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/deploy-staging/unlisted/grant
resource "google_project_iam_member" "deploy_staging_unlisted_grant" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = google_project_iam_custom_role.deploy_staging_unlisted_role.name
}

# bootstrap/deploy-staging/unlisted/role
resource "google_project_iam_custom_role" "deploy_staging_unlisted_role" {
  description = "Deploys from GitHub"
  permissions = [
    "run.domainmappings.create",
    "run.domainmappings.delete",
    "run.domainmappings.get",
  ]
  project = "beep-staging-example"
  role_id = "deployer.unlisted"
  title   = "deployer.unlisted"
}

# bootstrap/drift/account
resource "google_service_account" "drift_account" {
  account_id   = "detect-drift"
  description  = "Plans every stack of an environment, to see what differs, and changes nothing"
  display_name = "detect-drift"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/drift/dev-project/grant
resource "google_project_iam_member" "drift_dev_project_grant" {
  member  = google_service_account.drift_account.member
  project = "beep-dev-example"
  role    = google_project_iam_custom_role.drift_dev_project_role.name
}

# bootstrap/drift/dev-project/role
resource "google_project_iam_custom_role" "drift_dev_project_role" {
  description = "Refreshes what is planned for drift"
  permissions = [
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmaps.get",
    "certificatemanager.certs.get",
    "certificatemanager.dnsauthorizations.get",
    "cloudsql.databases.get",
    "cloudsql.instances.get",
    "cloudsql.users.get",
    "cloudsql.users.list",
    "compute.addresses.get",
    "compute.backendServices.get",
    "compute.disks.get",
    "compute.firewalls.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.instances.get",
    "compute.networks.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.resourcePolicies.get",
    "compute.routers.get",
    "compute.securityPolicies.get",
    "compute.sslPolicies.get",
    "compute.subnetworks.get",
    "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "dns.managedZones.get",
    "dns.policies.get",
    "dns.resourceRecordSets.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "monitoring.notificationChannels.get",
    "monitoring.services.get",
    "monitoring.slos.get",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "redis.instances.get",
    "redis.instances.getAuthString",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.jobs.get",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.versions.get",
    "servicenetworking.services.get",
    "serviceusage.services.list",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "vpcaccess.connectors.get",
  ]
  project = "beep-dev-example"
  role_id = "drift"
  title   = "drift"
}

# bootstrap/drift/dev-unlisted/grant
resource "google_project_iam_member" "drift_dev_unlisted_grant" {
  member  = google_service_account.drift_account.member
  project = "beep-dev-example"
  role    = google_project_iam_custom_role.drift_dev_unlisted_role.name
}

# bootstrap/drift/dev-unlisted/role
resource "google_project_iam_custom_role" "drift_dev_unlisted_role" {
  description = "Refreshes what is planned for drift"
  permissions = ["run.domainmappings.get"]
  project     = "beep-dev-example"
  role_id     = "drift.unlisted"
  title       = "drift.unlisted"
}

# bootstrap/drift/federation
resource "google_service_account_iam_member" "drift_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:event_name:schedule"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.drift_account.name
}

# bootstrap/drift/prod-project/grant
resource "google_project_iam_member" "drift_prod_project_grant" {
  member  = google_service_account.drift_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.drift_prod_project_role.name
}

# bootstrap/drift/prod-project/role
resource "google_project_iam_custom_role" "drift_prod_project_role" {
  description = "Refreshes what is planned for drift"
  permissions = [
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmaps.get",
    "certificatemanager.certs.get",
    "certificatemanager.dnsauthorizations.get",
    "cloudsql.databases.get",
    "cloudsql.instances.get",
    "cloudsql.users.get",
    "cloudsql.users.list",
    "compute.addresses.get",
    "compute.backendServices.get",
    "compute.disks.get",
    "compute.firewalls.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.instances.get",
    "compute.networks.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.resourcePolicies.get",
    "compute.routers.get",
    "compute.securityPolicies.get",
    "compute.sslPolicies.get",
    "compute.subnetworks.get",
    "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "dns.managedZones.get",
    "dns.policies.get",
    "dns.resourceRecordSets.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "monitoring.notificationChannels.get",
    "monitoring.services.get",
    "monitoring.slos.get",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "redis.instances.get",
    "redis.instances.getAuthString",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.jobs.get",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.versions.get",
    "servicenetworking.services.get",
    "serviceusage.services.list",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "vpcaccess.connectors.get",
  ]
  project = "beep-prod-example"
  role_id = "drift"
  title   = "drift"
}

# bootstrap/drift/prod-unlisted/grant
resource "google_project_iam_member" "drift_prod_unlisted_grant" {
  member  = google_service_account.drift_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.drift_prod_unlisted_role.name
}

# bootstrap/drift/prod-unlisted/role
resource "google_project_iam_custom_role" "drift_prod_unlisted_role" {
  description = "Refreshes what is planned for drift"
  permissions = ["run.domainmappings.get"]
  project     = "beep-prod-example"
  role_id     = "drift.unlisted"
  title       = "drift.unlisted"
}

# bootstrap/drift/staging-project/grant
resource "google_project_iam_member" "drift_staging_project_grant" {
  member  = google_service_account.drift_account.member
  project = "beep-staging-example"
  role    = google_project_iam_custom_role.drift_staging_project_role.name
}

# bootstrap/drift/staging-project/role
resource "google_project_iam_custom_role" "drift_staging_project_role" {
  description = "Refreshes what is planned for drift"
  permissions = [
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmaps.get",
    "certificatemanager.certs.get",
    "certificatemanager.dnsauthorizations.get",
    "cloudsql.databases.get",
    "cloudsql.instances.get",
    "cloudsql.users.get",
    "cloudsql.users.list",
    "compute.addresses.get",
    "compute.backendServices.get",
    "compute.disks.get",
    "compute.firewalls.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.instances.get",
    "compute.networks.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.resourcePolicies.get",
    "compute.routers.get",
    "compute.securityPolicies.get",
    "compute.sslPolicies.get",
    "compute.subnetworks.get",
    "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "dns.managedZones.get",
    "dns.policies.get",
    "dns.resourceRecordSets.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "monitoring.notificationChannels.get",
    "monitoring.services.get",
    "monitoring.slos.get",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "redis.instances.get",
    "redis.instances.getAuthString",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.jobs.get",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.versions.get",
    "servicenetworking.services.get",
    "serviceusage.services.list",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "vpcaccess.connectors.get",
  ]
  project = "beep-staging-example"
  role_id = "drift"
  title   = "drift"
}

# bootstrap/drift/staging-unlisted/grant
resource "google_project_iam_member" "drift_staging_unlisted_grant" {
  member  = google_service_account.drift_account.member
  project = "beep-staging-example"
  role    = google_project_iam_custom_role.drift_staging_unlisted_role.name
}

# bootstrap/drift/staging-unlisted/role
resource "google_project_iam_custom_role" "drift_staging_unlisted_role" {
  description = "Refreshes what is planned for drift"
  permissions = ["run.domainmappings.get"]
  project     = "beep-staging-example"
  role_id     = "drift.unlisted"
  title       = "drift.unlisted"
}

# bootstrap/drift/state-dev
resource "google_storage_bucket_iam_member" "drift_state_dev" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.drift_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/monitoring/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/data/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/drift/state-names
resource "google_storage_bucket_iam_member" "drift_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.drift_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/drift/state-prod
resource "google_storage_bucket_iam_member" "drift_state_prod" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.drift_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/monitoring/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/data/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/drift/state-staging
resource "google_storage_bucket_iam_member" "drift_state_staging" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.drift_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/monitoring/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/data/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/export-prod/account
resource "google_service_account" "export_prod_account" {
  account_id   = "export-prod"
  description  = "Starts the exports of beep-prod, and reads none"
  display_name = "export-prod"

  depends_on = [
    google_project_service.project_services_cloudscheduler,
    google_project_service.project_services_iam,
    google_project_service.project_services_storage,
    google_project_service.project_services_workflowexecutions,
    google_project_service.project_services_workflows,
  ]
}

# bootstrap/export-prod/bucket
resource "google_storage_bucket" "export_prod_bucket" {
  force_destroy               = false
  location                    = "US-CENTRAL1"
  name                        = "beep-prod-exports-example"
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      age = 30
    }
  }

  retention_policy {
    is_locked        = false
    retention_period = 2592000
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [
    google_project_service.project_services_cloudscheduler,
    google_project_service.project_services_iam,
    google_project_service.project_services_storage,
    google_project_service.project_services_workflowexecutions,
    google_project_service.project_services_workflows,
  ]
}

# bootstrap/export-prod/export-grant
resource "google_project_iam_member" "export_prod_export_grant" {
  member  = google_service_account.export_prod_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.export_prod_export_role.name
}

# bootstrap/export-prod/export-role
resource "google_project_iam_custom_role" "export_prod_export_role" {
  description = "Exports the database each day"
  permissions = ["cloudsql.instances.export", "cloudsql.instances.get"]
  project     = "beep-prod-example"
  role_id     = "exporter"
  title       = "exporter"
}

# bootstrap/export-prod/schedule
resource "google_cloud_scheduler_job" "export_prod_schedule" {
  description = "Starts the export of beep-prod"
  name        = "export-prod"
  region      = "us-central1"
  schedule    = "0 1 * * *"
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://workflowexecutions.googleapis.com/v1/${google_workflows_workflow.export_prod_workflow.id}/executions"

    oauth_token {
      service_account_email = google_service_account.export_prod_account.email
    }
  }

  retry_config {
    retry_count = 3
  }

  depends_on = [
    google_project_service.project_services_cloudscheduler,
    google_project_service.project_services_iam,
    google_project_service.project_services_storage,
    google_project_service.project_services_workflowexecutions,
    google_project_service.project_services_workflows,
  ]
}

# bootstrap/export-prod/start-grant
resource "google_project_iam_member" "export_prod_start_grant" {
  member  = google_service_account.export_prod_account.member
  project = "beep-shared-example"
  role    = google_project_iam_custom_role.export_prod_start_role.name
}

# bootstrap/export-prod/start-role
resource "google_project_iam_custom_role" "export_prod_start_role" {
  description = "Exports the database each day"
  permissions = ["workflows.executions.create"]
  project     = "beep-shared-example"
  role_id     = "export_prod.starter"
  title       = "export_prod.starter"
}

# bootstrap/export-prod/workflow
resource "google_workflows_workflow" "export_prod_workflow" {
  deletion_protection = false
  description         = "Exports beep of beep-prod"
  name                = "export-prod"
  region              = "us-central1"
  service_account     = google_service_account.export_prod_account.id
  source_contents     = "{\n  \"main\": {\n    \"steps\": [\n      {\n        \"export\": {\n          \"call\": \"googleapis.sqladmin.v1.instances.export\",\n          \"args\": {\n            \"project\": \"beep-prod-example\",\n            \"instance\": \"beep-prod\",\n            \"body\": {\n              \"exportContext\": {\n                \"fileType\": \"SQL\",\n                \"uri\": \"$${\\\"gs://beep-prod-exports-example/beep-prod/\\\" + time.format(sys.now()) + \\\".sql.gz\\\"}\",\n                \"databases\": [\n                  \"beep\"\n                ],\n                \"offload\": true\n              }\n            },\n            \"connector_params\": {\n              \"timeout\": 21600\n            }\n          },\n          \"result\": \"operation\"\n        }\n      }\n    ]\n  }\n}"

  depends_on = [
    google_project_service.project_services_cloudscheduler,
    google_project_service.project_services_iam,
    google_project_service.project_services_storage,
    google_project_service.project_services_workflowexecutions,
    google_project_service.project_services_workflows,
  ]
}

# bootstrap/export-prod/writer
resource "google_storage_bucket_iam_member" "export_prod_writer" {
  bucket = google_storage_bucket.export_prod_bucket.name
  member = "serviceAccount:p100000000003-example@gcp-sa-cloud-sql.iam.gserviceaccount.com"
  role   = "roles/storage.objectCreator"
}

# bootstrap/export-prod-alerts/email-oncall-example-com
resource "google_monitoring_notification_channel" "export_prod_alerts_email_oncall_example_com" {
  display_name = "E-mail oncall@example.com"
  labels = {
    email_address = "oncall@example.com"
  }
  type = "email"
  user_labels = {
    "managed-by" = "terraform"
    team         = "platform"
  }

  depends_on = [google_project_service.project_services_monitoring]
}

# bootstrap/export-prod-alerts/email-platform-example-com
resource "google_monitoring_notification_channel" "export_prod_alerts_email_platform_example_com" {
  display_name = "E-mail platform@example.com"
  labels = {
    email_address = "platform@example.com"
  }
  type = "email"
  user_labels = {
    "managed-by" = "terraform"
    team         = "platform"
  }

  depends_on = [google_project_service.project_services_monitoring]
}

# bootstrap/export-prod-alerts/failed
resource "google_monitoring_alert_policy" "export_prod_alerts_failed" {
  combiner     = "OR"
  display_name = "An export by export-prod failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.export_prod_alerts_email_oncall_example_com.name,
    google_monitoring_notification_channel.export_prod_alerts_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "managed-by" = "terraform"
    team         = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "An export by export-prod failed"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"workflows.googleapis.com/finished_execution_count\" AND resource.type = \"workflows.googleapis.com/Workflow\" AND resource.labels.workflow_id = \"export-prod\" AND metric.labels.status = one_of(\"FAILED\", \"CANCELLED\")"
      threshold_value = 0

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Today's copy of the database outside its project is missing. Nothing else is affected: the backups of Cloud SQL go on.\n\n1. Read the error: gcloud workflows executions list export-prod, then describe.\n2. 403 on the bucket: the instance has another account than database_export.writer.\n3. Mend it and run it again: gcloud workflows run export-prod.\n\nRunbook: docs/runbook.md#an-export-of-the-database-failed"
    mime_type = "text/markdown"
    subject   = "An export by export-prod failed"
  }
}

# bootstrap/export-prod-alerts/missing
resource "google_monitoring_alert_policy" "export_prod_alerts_missing" {
  combiner     = "OR"
  display_name = "No export by export-prod was finished for more than a day"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.export_prod_alerts_email_oncall_example_com.name,
    google_monitoring_notification_channel.export_prod_alerts_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "managed-by" = "terraform"
    team         = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "No export by export-prod was finished for more than a day"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "3600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"workflows.googleapis.com/finished_execution_count\" AND resource.type = \"workflows.googleapis.com/Workflow\" AND resource.labels.workflow_id = \"export-prod\" AND metric.labels.status = \"SUCCEEDED\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "90000s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "If the project is lost now, more than a day is lost. The schedule does not start exports, or they fail or hang.\n\n1. Is it started: gcloud scheduler jobs describe export-prod; state and status.\n2. Is it running or failing: gcloud workflows executions list export-prod.\n3. Mend it and run it: gcloud workflows run export-prod.\n\nRunbook: docs/runbook.md#an-export-of-the-database-failed"
    mime_type = "text/markdown"
    subject   = "No export by export-prod was finished for more than a day"
  }
}

# bootstrap/github/dev
resource "google_iam_workload_identity_pool_provider" "github_dev" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'dev'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is dev"
  display_name                       = "GitHub dev"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-dev"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/images
resource "google_iam_workload_identity_pool_provider" "github_images" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'images'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is images"
  display_name                       = "GitHub images"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-images"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/pool
resource "google_iam_workload_identity_pool" "github_pool" {
  description               = "Workflows of one repository on GitHub"
  display_name              = "GitHub"
  workload_identity_pool_id = "github"

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/github/prod
resource "google_iam_workload_identity_pool_provider" "github_prod" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'prod'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is prod"
  display_name                       = "GitHub prod"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-prod"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/pull-request
resource "google_iam_workload_identity_pool_provider" "github_pull_request" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.event_name == 'pull_request'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':event_name:' + assertion.event_name"
  }
  description                        = "Jobs whose event_name is pull_request"
  display_name                       = "GitHub pull-request"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-pull-request"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/schedule
resource "google_iam_workload_identity_pool_provider" "github_schedule" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.event_name == 'schedule'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':event_name:' + assertion.event_name"
  }
  description                        = "Jobs whose event_name is schedule"
  display_name                       = "GitHub schedule"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-schedule"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/staging
resource "google_iam_workload_identity_pool_provider" "github_staging" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'staging'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is staging"
  display_name                       = "GitHub staging"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-staging"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/job-logs-dev/view
resource "google_logging_log_view" "job_logs_dev_view" {
  bucket      = "_Default"
  description = "What Cloud Run jobs wrote: migrations, and the set-up of the database"
  filter      = "SOURCE(\"projects/beep-dev-example\") AND resource.type = \"cloud_run_job\""
  location    = "global"
  name        = "cloud-run-jobs"
  parent      = "projects/beep-dev-example"
}

# bootstrap/job-logs-prod/view
resource "google_logging_log_view" "job_logs_prod_view" {
  bucket      = "_Default"
  description = "What Cloud Run jobs wrote: migrations, and the set-up of the database"
  filter      = "SOURCE(\"projects/beep-prod-example\") AND resource.type = \"cloud_run_job\""
  location    = "global"
  name        = "cloud-run-jobs"
  parent      = "projects/beep-prod-example"
}

# bootstrap/job-logs-staging/view
resource "google_logging_log_view" "job_logs_staging_view" {
  bucket      = "_Default"
  description = "What Cloud Run jobs wrote: migrations, and the set-up of the database"
  filter      = "SOURCE(\"projects/beep-staging-example\") AND resource.type = \"cloud_run_job\""
  location    = "global"
  name        = "cloud-run-jobs"
  parent      = "projects/beep-staging-example"
}

# bootstrap/log-archive/bucket
resource "google_logging_project_bucket_config" "log_archive_bucket" {
  bucket_id      = "audit-logs"
  description    = "Audit logs and errors of every environment"
  location       = "us-central1"
  locked         = false
  project        = "beep-shared-example"
  retention_days = 400

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.project_services_logging]
}

# bootstrap/log-archive/dev
resource "google_logging_project_sink" "log_archive_dev" {
  description            = "Audit logs and errors, to the shared project"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.log_archive_bucket.id}"
  filter                 = "logName:\"cloudaudit.googleapis.com\" OR severity >= ERROR"
  name                   = "audit-logs"
  project                = "beep-dev-example"
  unique_writer_identity = true
}

# bootstrap/log-archive/dev-writer
resource "google_project_iam_member" "log_archive_dev_writer" {
  member  = google_logging_project_sink.log_archive_dev.writer_identity
  project = "beep-shared-example"
  role    = "roles/logging.bucketWriter"

  condition {
    expression = "resource.name.endsWith(\"locations/us-central1/buckets/audit-logs\")"
    title      = "one-log-bucket-only"
  }
}

# bootstrap/log-archive/prod
resource "google_logging_project_sink" "log_archive_prod" {
  description            = "Audit logs and errors, to the shared project"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.log_archive_bucket.id}"
  filter                 = "logName:\"cloudaudit.googleapis.com\" OR severity >= ERROR"
  name                   = "audit-logs"
  project                = "beep-prod-example"
  unique_writer_identity = true
}

# bootstrap/log-archive/prod-writer
resource "google_project_iam_member" "log_archive_prod_writer" {
  member  = google_logging_project_sink.log_archive_prod.writer_identity
  project = "beep-shared-example"
  role    = "roles/logging.bucketWriter"

  condition {
    expression = "resource.name.endsWith(\"locations/us-central1/buckets/audit-logs\")"
    title      = "one-log-bucket-only"
  }
}

# bootstrap/log-archive/shared
resource "google_logging_project_sink" "log_archive_shared" {
  description            = "Audit logs and errors, to the shared project"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.log_archive_bucket.id}"
  filter                 = "logName:\"cloudaudit.googleapis.com\" OR severity >= ERROR"
  name                   = "audit-logs"
  project                = "beep-shared-example"
  unique_writer_identity = true
}

# bootstrap/log-archive/staging
resource "google_logging_project_sink" "log_archive_staging" {
  description            = "Audit logs and errors, to the shared project"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.log_archive_bucket.id}"
  filter                 = "logName:\"cloudaudit.googleapis.com\" OR severity >= ERROR"
  name                   = "audit-logs"
  project                = "beep-staging-example"
  unique_writer_identity = true
}

# bootstrap/log-archive/staging-writer
resource "google_project_iam_member" "log_archive_staging_writer" {
  member  = google_logging_project_sink.log_archive_staging.writer_identity
  project = "beep-shared-example"
  role    = "roles/logging.bucketWriter"

  condition {
    expression = "resource.name.endsWith(\"locations/us-central1/buckets/audit-logs\")"
    title      = "one-log-bucket-only"
  }
}

# bootstrap/plan/account
resource "google_service_account" "plan_account" {
  account_id   = "plan-pull-requests"
  description  = "Plans what pull requests would change, and reads no secret"
  display_name = "plan-pull-requests"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/plan/dev-project/grant
resource "google_project_iam_member" "plan_dev_project_grant" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = google_project_iam_custom_role.plan_dev_project_role.name
}

# bootstrap/plan/dev-project/role
resource "google_project_iam_custom_role" "plan_dev_project_role" {
  description = "Refreshes what pull requests plan"
  permissions = [
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmaps.get",
    "certificatemanager.certs.get",
    "certificatemanager.dnsauthorizations.get",
    "compute.addresses.get",
    "compute.backendServices.get",
    "compute.firewalls.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.networks.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.routers.get",
    "compute.securityPolicies.get",
    "compute.sslPolicies.get",
    "compute.subnetworks.get",
    "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "dns.managedZones.get",
    "dns.policies.get",
    "dns.resourceRecordSets.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "monitoring.notificationChannels.get",
    "monitoring.services.get",
    "monitoring.slos.get",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.jobs.get",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "servicenetworking.services.get",
    "serviceusage.services.list",
    "vpcaccess.connectors.get",
  ]
  project = "beep-dev-example"
  role_id = "planner"
  title   = "planner"
}

# bootstrap/plan/dev-unlisted/grant
resource "google_project_iam_member" "plan_dev_unlisted_grant" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = google_project_iam_custom_role.plan_dev_unlisted_role.name
}

# bootstrap/plan/dev-unlisted/role
resource "google_project_iam_custom_role" "plan_dev_unlisted_role" {
  description = "Refreshes what pull requests plan"
  permissions = ["run.domainmappings.get"]
  project     = "beep-dev-example"
  role_id     = "planner.unlisted"
  title       = "planner.unlisted"
}

# bootstrap/plan/federation
resource "google_service_account_iam_member" "plan_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:event_name:pull_request"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.plan_account.name
}

# bootstrap/plan/prod-project/grant
resource "google_project_iam_member" "plan_prod_project_grant" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.plan_prod_project_role.name
}

# bootstrap/plan/prod-project/role
resource "google_project_iam_custom_role" "plan_prod_project_role" {
  description = "Refreshes what pull requests plan"
  permissions = [
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmaps.get",
    "certificatemanager.certs.get",
    "certificatemanager.dnsauthorizations.get",
    "compute.addresses.get",
    "compute.backendServices.get",
    "compute.firewalls.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.networks.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.routers.get",
    "compute.securityPolicies.get",
    "compute.sslPolicies.get",
    "compute.subnetworks.get",
    "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "dns.managedZones.get",
    "dns.policies.get",
    "dns.resourceRecordSets.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "monitoring.notificationChannels.get",
    "monitoring.services.get",
    "monitoring.slos.get",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.jobs.get",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "servicenetworking.services.get",
    "serviceusage.services.list",
    "vpcaccess.connectors.get",
  ]
  project = "beep-prod-example"
  role_id = "planner"
  title   = "planner"
}

# bootstrap/plan/prod-unlisted/grant
resource "google_project_iam_member" "plan_prod_unlisted_grant" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = google_project_iam_custom_role.plan_prod_unlisted_role.name
}

# bootstrap/plan/prod-unlisted/role
resource "google_project_iam_custom_role" "plan_prod_unlisted_role" {
  description = "Refreshes what pull requests plan"
  permissions = ["run.domainmappings.get"]
  project     = "beep-prod-example"
  role_id     = "planner.unlisted"
  title       = "planner.unlisted"
}

# bootstrap/plan/staging-project/grant
resource "google_project_iam_member" "plan_staging_project_grant" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = google_project_iam_custom_role.plan_staging_project_role.name
}

# bootstrap/plan/staging-project/role
resource "google_project_iam_custom_role" "plan_staging_project_role" {
  description = "Refreshes what pull requests plan"
  permissions = [
    "certificatemanager.certmapentries.get",
    "certificatemanager.certmaps.get",
    "certificatemanager.certs.get",
    "certificatemanager.dnsauthorizations.get",
    "compute.addresses.get",
    "compute.backendServices.get",
    "compute.firewalls.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.networks.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.routers.get",
    "compute.securityPolicies.get",
    "compute.sslPolicies.get",
    "compute.subnetworks.get",
    "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "dns.managedZones.get",
    "dns.policies.get",
    "dns.resourceRecordSets.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "monitoring.notificationChannels.get",
    "monitoring.services.get",
    "monitoring.slos.get",
    "monitoring.uptimeCheckConfigs.get",
    "monitoring.uptimeCheckConfigs.list",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.jobs.get",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "servicenetworking.services.get",
    "serviceusage.services.list",
    "vpcaccess.connectors.get",
  ]
  project = "beep-staging-example"
  role_id = "planner"
  title   = "planner"
}

# bootstrap/plan/staging-unlisted/grant
resource "google_project_iam_member" "plan_staging_unlisted_grant" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = google_project_iam_custom_role.plan_staging_unlisted_role.name
}

# bootstrap/plan/staging-unlisted/role
resource "google_project_iam_custom_role" "plan_staging_unlisted_role" {
  description = "Refreshes what pull requests plan"
  permissions = ["run.domainmappings.get"]
  project     = "beep-staging-example"
  role_id     = "planner.unlisted"
  title       = "planner.unlisted"
}

# bootstrap/plan/state-dev
resource "google_storage_bucket_iam_member" "plan_state_dev" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/monitoring/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/plan/state-names
resource "google_storage_bucket_iam_member" "plan_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/plan/state-prod
resource "google_storage_bucket_iam_member" "plan_state_prod" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/monitoring/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/plan/state-staging
resource "google_storage_bucket_iam_member" "plan_state_staging" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/monitoring/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/project-services/artifactregistry
resource "google_project_service" "project_services_artifactregistry" {
  disable_on_destroy = false
  service            = "artifactregistry.googleapis.com"
}

# bootstrap/project-services/billingbudgets
resource "google_project_service" "project_services_billingbudgets" {
  disable_on_destroy = false
  service            = "billingbudgets.googleapis.com"
}

# bootstrap/project-services/certificatemanager
resource "google_project_service" "project_services_certificatemanager" {
  disable_on_destroy = false
  service            = "certificatemanager.googleapis.com"
}

# bootstrap/project-services/cloudresourcemanager
resource "google_project_service" "project_services_cloudresourcemanager" {
  disable_on_destroy = false
  service            = "cloudresourcemanager.googleapis.com"
}

# bootstrap/project-services/cloudscheduler
resource "google_project_service" "project_services_cloudscheduler" {
  disable_on_destroy = false
  service            = "cloudscheduler.googleapis.com"
}

# bootstrap/project-services/containeranalysis
resource "google_project_service" "project_services_containeranalysis" {
  disable_on_destroy = false
  service            = "containeranalysis.googleapis.com"
}

# bootstrap/project-services/containerscanning
resource "google_project_service" "project_services_containerscanning" {
  disable_on_destroy = false
  service            = "containerscanning.googleapis.com"
}

# bootstrap/project-services/dns
resource "google_project_service" "project_services_dns" {
  disable_on_destroy = false
  service            = "dns.googleapis.com"
}

# bootstrap/project-services/iam
resource "google_project_service" "project_services_iam" {
  disable_on_destroy = false
  service            = "iam.googleapis.com"
}

# bootstrap/project-services/iamcredentials
resource "google_project_service" "project_services_iamcredentials" {
  disable_on_destroy = false
  service            = "iamcredentials.googleapis.com"
}

# bootstrap/project-services/iap
resource "google_project_service" "project_services_iap" {
  disable_on_destroy = false
  service            = "iap.googleapis.com"
}

# bootstrap/project-services/logging
resource "google_project_service" "project_services_logging" {
  disable_on_destroy = false
  service            = "logging.googleapis.com"
}

# bootstrap/project-services/monitoring
resource "google_project_service" "project_services_monitoring" {
  disable_on_destroy = false
  service            = "monitoring.googleapis.com"
}

# bootstrap/project-services/pubsub
resource "google_project_service" "project_services_pubsub" {
  disable_on_destroy = false
  service            = "pubsub.googleapis.com"
}

# bootstrap/project-services/redis
resource "google_project_service" "project_services_redis" {
  disable_on_destroy = false
  service            = "redis.googleapis.com"
}

# bootstrap/project-services/run
resource "google_project_service" "project_services_run" {
  disable_on_destroy = false
  service            = "run.googleapis.com"
}

# bootstrap/project-services/secretmanager
resource "google_project_service" "project_services_secretmanager" {
  disable_on_destroy = false
  service            = "secretmanager.googleapis.com"
}

# bootstrap/project-services/servicenetworking
resource "google_project_service" "project_services_servicenetworking" {
  disable_on_destroy = false
  service            = "servicenetworking.googleapis.com"
}

# bootstrap/project-services/sqladmin
resource "google_project_service" "project_services_sqladmin" {
  disable_on_destroy = false
  service            = "sqladmin.googleapis.com"
}

# bootstrap/project-services/storage
resource "google_project_service" "project_services_storage" {
  disable_on_destroy = false
  service            = "storage.googleapis.com"
}

# bootstrap/project-services/sts
resource "google_project_service" "project_services_sts" {
  disable_on_destroy = false
  service            = "sts.googleapis.com"
}

# bootstrap/project-services/vpcaccess
resource "google_project_service" "project_services_vpcaccess" {
  disable_on_destroy = false
  service            = "vpcaccess.googleapis.com"
}

# bootstrap/project-services/workflowexecutions
resource "google_project_service" "project_services_workflowexecutions" {
  disable_on_destroy = false
  service            = "workflowexecutions.googleapis.com"
}

# bootstrap/project-services/workflows
resource "google_project_service" "project_services_workflows" {
  disable_on_destroy = false
  service            = "workflows.googleapis.com"
}

# bootstrap/state/bucket
resource "google_storage_bucket" "state_bucket" {
  force_destroy               = false
  location                    = "US"
  name                        = "beep-terraform-state-example"
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 30
      num_newer_versions         = 50
      with_state                 = "ARCHIVED"
    }
  }

  soft_delete_policy {
    retention_duration_seconds = 2592000
  }

  versioning {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.project_services_storage]
}

output "build_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is images"
  value       = google_iam_workload_identity_pool_provider.github_images.name
}

output "deploy_dev_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is dev"
  value       = google_iam_workload_identity_pool_provider.github_dev.name
}

output "deploy_prod_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is prod"
  value       = google_iam_workload_identity_pool_provider.github_prod.name
}

output "deploy_staging_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is staging"
  value       = google_iam_workload_identity_pool_provider.github_staging.name
}

output "drift_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose event_name is schedule"
  value       = google_iam_workload_identity_pool_provider.github_schedule.name
}

output "plan_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose event_name is pull_request"
  value       = google_iam_workload_identity_pool_provider.github_pull_request.name
}
