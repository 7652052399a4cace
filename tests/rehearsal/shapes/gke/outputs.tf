output "endpoint" {
  value     = google_container_cluster.main.endpoint
  sensitive = true
}

output "node_pool" {
  value = google_container_node_pool.general.name
}
