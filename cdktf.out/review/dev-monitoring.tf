# Stack dev-monitoring, for review. Terraform reads stacks/dev-monitoring/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "dev/monitoring"
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

# dev-monitoring/dashboard/overview
resource "google_monitoring_dashboard" "dashboard_overview" {
  dashboard_json = <<-EOT
    {
     "displayName": "beep dev",
     "mosaicLayout": {
      "columns": 48,
      "tiles": [
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Each incident carries its first steps and its section of docs/runbook.md"
         },
         "title": "Now"
        },
        "width": 48
       },
       {
        "height": 10,
        "widget": {
         "incidentList": {},
         "title": "Open incidents"
        },
        "width": 48,
        "yPos": 4
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "As Cloud Run counts; WebSocket sessions are 1xx, counted when they end"
         },
         "title": "Services"
        },
        "width": 48,
        "yPos": 14
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-api: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 18
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-api: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 18
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-api: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 10000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 18
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-web: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 34
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-web: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 34
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-web: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 10000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 34
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-todox: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 50
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-todox: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 50
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-todox: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 10000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 50
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "All Cloud Run services; at max_instance_count requests queue"
         },
         "title": "Instances"
        },
        "width": 48,
        "yPos": 66
       },
       {
        "height": 16,
        "widget": {
         "title": "Instances",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.service_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "resource.label.service_name"
               ],
               "perSeriesAligner": "ALIGN_MAX"
              },
              "filter": "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "instances",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 70
       },
       {
        "height": 16,
        "widget": {
         "title": "CPU, 99th percentile",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.service_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.service_name"
               ],
               "perSeriesAligner": "ALIGN_PERCENTILE_99"
              },
              "filter": "metric.type = \"run.googleapis.com/container/cpu/utilizations\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the limit",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 70
       },
       {
        "height": 16,
        "widget": {
         "title": "Memory, 99th percentile",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.service_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.service_name"
               ],
               "perSeriesAligner": "ALIGN_PERCENTILE_99"
              },
              "filter": "metric.type = \"run.googleapis.com/container/memory/utilizations\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the limit",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 70
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Evictions sign people out"
         },
         "title": "Redis"
        },
        "width": 48,
        "yPos": 86
       },
       {
        "height": 16,
        "widget": {
         "title": "Memory",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.node_id}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.node_id"
               ],
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"redis.googleapis.com/stats/memory/usage_ratio\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.85
           }
          ],
          "yAxis": {
           "label": "share of the limit",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 90
       },
       {
        "height": 16,
        "widget": {
         "title": "Clients",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.node_id}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.node_id"
               ],
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"redis.googleapis.com/clients/connected\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "clients",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 90
       },
       {
        "height": 16,
        "widget": {
         "title": "Evicted keys",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.node_id}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.node_id"
               ],
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"redis.googleapis.com/stats/evicted_keys\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "keys",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 90
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "A failed execution stops the release"
         },
         "title": "Jobs"
        },
        "width": 48,
        "yPos": 106
       },
       {
        "height": 16,
        "widget": {
         "title": "Executions that ended",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.job_name} $${metric.labels.result}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_BAR",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "resource.label.job_name",
                "metric.label.result"
               ],
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "executions",
           "scale": "LINEAR"
          }
         }
        },
        "width": 24,
        "yPos": 110
       },
       {
        "height": 16,
        "widget": {
         "title": "Executions that run",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.job_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.job_name"
               ],
               "perSeriesAligner": "ALIGN_MAX"
              },
              "filter": "metric.type = \"run.googleapis.com/job/running_executions\" AND resource.type = \"cloud_run_job\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "executions",
           "scale": "LINEAR"
          }
         }
        },
        "width": 24,
        "xPos": 24,
        "yPos": 110
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "ERROR and above"
         },
         "title": "Errors in logs"
        },
        "width": 48,
        "yPos": 126
       },
       {
        "height": 16,
        "widget": {
         "title": "Entries",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.service}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_BAR",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.service"
               ],
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"logging.googleapis.com/user/beep-error-logs\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "entries per minute",
           "scale": "LINEAR"
          }
         }
        },
        "width": 24,
        "yPos": 130
       },
       {
        "height": 16,
        "widget": {
         "logsPanel": {
          "filter": "severity >= ERROR AND resource.type = (\"cloud_run_revision\" OR \"cloud_run_job\")"
         },
         "title": "Newest"
        },
        "width": 24,
        "xPos": 24,
        "yPos": 130
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Uptime checks from several regions"
         },
         "title": "From outside"
        },
        "width": 48,
        "yPos": 146
       },
       {
        "height": 16,
        "widget": {
         "title": "Checks that passed",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.host}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "1200s",
               "crossSeriesReducer": "REDUCE_MEAN",
               "groupByFields": [
                "resource.label.host"
               ],
               "perSeriesAligner": "ALIGN_FRACTION_TRUE"
              },
              "filter": "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 150
       },
       {
        "height": 16,
        "widget": {
         "title": "Latency of the checks",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.host}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "1200s",
               "crossSeriesReducer": "REDUCE_MEAN",
               "groupByFields": [
                "resource.label.host"
               ],
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"monitoring.googleapis.com/uptime_check/request_latency\" AND resource.type = \"uptime_url\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 150
       },
       {
        "height": 16,
        "widget": {
         "title": "Validity of certificates",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.host}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "1200s",
               "crossSeriesReducer": "REDUCE_MIN",
               "groupByFields": [
                "resource.label.host"
               ],
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "metric.type = \"monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires\" AND resource.type = \"uptime_url\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 14
           }
          ],
          "yAxis": {
           "label": "days",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 150
       }
      ]
     }
    }
  EOT
}

# dev-monitoring/monitoring/access-changed
resource "google_monitoring_alert_policy" "monitoring_access_changed" {
  combiner     = "OR"
  display_name = "Access was changed by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Access was changed by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"(?i)(setiam(policy|permissions)|createserviceaccountkey)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"@system[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-dev@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed who may do what in this project, or made a key for a service account. Accounts here have no keys.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, serviceData.policyDelta.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#access-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Access was changed by hand"
  }
}

# dev-monitoring/monitoring/audit-configuration-changed
resource "google_monitoring_alert_policy" "monitoring_audit_configuration_changed" {
  combiner     = "OR"
  display_name = "What the audit log holds was changed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "What the audit log holds was changed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"(?i)setiampolicy$\" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:* AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "Somebody, or the pipeline, changed which reads are logged in this project. With less of it nobody can tell who read a secret.\n\n1. Read what changed from the log entry: serviceData.policyDelta.auditConfigDeltas, and who did it: authenticationInfo.principalEmail.\n2. The pipeline did it, and a release switched data_access_logs: close the incident.\n3. Else plan the foundation stack, apply it, and treat the account as stolen.\n\nRunbook: docs/runbook.md#audit-logging-was-changed"
    mime_type = "text/markdown"
    subject   = "What the audit log holds was changed"
  }
}

# dev-monitoring/monitoring/beep-api-concurrency
resource "google_monitoring_alert_policy" "monitoring_beep_api_concurrency" {
  combiner     = "OR"
  display_name = "beep-api serves nearly as many requests at a time as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api serves nearly as many requests at a time as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/max_request_concurrencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\""
      threshold_value         = 900

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_PERCENTILE_99"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The only instance of beep-api has been near its concurrency for ten minutes, WebSockets included. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-api serves nearly as many requests at a time as it may"
  }
}

# dev-monitoring/monitoring/beep-api-down
resource "google_monitoring_alert_policy" "monitoring_beep_api_down" {
  combiner     = "OR"
  display_name = "beep-api does not answer at api.dev.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api does not answer at api.dev.example.com"

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
    content   = "Checkers in more than one region fail to get a good answer from https://api.dev.example.com.\n\n1. Open https://api.dev.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-api.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-api does not answer at api.dev.example.com"
  }
}

# dev-monitoring/monitoring/beep-api-errors
resource "google_monitoring_alert_policy" "monitoring_beep_api_errors" {
  combiner     = "OR"
  display_name = "beep-api answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

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

# dev-monitoring/monitoring/beep-api-latency
resource "google_monitoring_alert_policy" "monitoring_beep_api_latency" {
  combiner     = "OR"
  display_name = "beep-api p95 latency is above 10000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api p95 latency is above 10000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 10000

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
    content   = "One request in twenty to beep-api takes longer than 10000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-api p95 latency is above 10000 ms"
  }
}

# dev-monitoring/monitoring/beep-api-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_api_uptime" {
  display_name = "beep-api https://api.dev.example.com/v1/health"
  period       = "900s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "OK"
    matcher = "CONTAINS_STRING"
  }

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
      host       = "api.dev.example.com"
      project_id = "beep-dev-example"
    }
    type = "uptime_url"
  }
}

# dev-monitoring/monitoring/beep-db-bootstrap-failed
resource "google_monitoring_alert_policy" "monitoring_beep_db_bootstrap_failed" {
  combiner     = "OR"
  display_name = "Job beep-db-bootstrap failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

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

# dev-monitoring/monitoring/beep-mcp-errors
resource "google_monitoring_alert_policy" "monitoring_beep_mcp_errors" {
  combiner     = "OR"
  display_name = "beep-mcp answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-mcp"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-mcp answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-mcp\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-mcp\" AND metric.labels.response_code_class = \"5xx\""
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
    content   = "beep-mcp has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-mcp\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-mcp answers more than 5% of requests with 5xx"
  }
}

# dev-monitoring/monitoring/beep-mcp-instances
resource "google_monitoring_alert_policy" "monitoring_beep_mcp_instances" {
  combiner     = "OR"
  display_name = "beep-mcp runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-mcp"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-mcp runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-mcp\""
      threshold_value         = 1.8

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-mcp has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-mcp runs nearly as many instances as it may"
  }
}

# dev-monitoring/monitoring/beep-migrate-failed
resource "google_monitoring_alert_policy" "monitoring_beep_migrate_failed" {
  combiner     = "OR"
  display_name = "Job beep-migrate failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

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

# dev-monitoring/monitoring/beep-postgres-cpu
resource "google_monitoring_alert_policy" "monitoring_beep_postgres_cpu" {
  combiner     = "OR"
  display_name = "The CPU of beep-postgres is above 85%"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The CPU of beep-postgres is above 85%"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "900s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"compute.googleapis.com/instance/cpu/utilization\" AND resource.type = \"gce_instance\" AND metadata.system_labels.name = \"beep-postgres\""
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
    content   = "beep-postgres has used more than 85% of its CPU for 15 minutes.\n\n1. Look for a statement that dominates the load: pg_stat_statements.\n2. Raise machine_type in the environment file; the change restarts the machine.\n\nRunbook: docs/runbook.md#a-machine-is-down-or-short-of-cpu-or-disk"
    mime_type = "text/markdown"
    subject   = "The CPU of beep-postgres is above 85%"
  }
}

# dev-monitoring/monitoring/beep-postgres-disk
resource "google_monitoring_alert_policy" "monitoring_beep_postgres_disk" {
  combiner     = "OR"
  display_name = "The data disk of beep-postgres is more than 85% full"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The data disk of beep-postgres is more than 85% full"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"compute.googleapis.com/guest/disk/bytes_used\" AND resource.type = \"gce_instance\" AND metadata.system_labels.name = \"beep-postgres\" AND metric.labels.device_name = \"sdb\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"compute.googleapis.com/guest/disk/bytes_used\" AND resource.type = \"gce_instance\" AND metadata.system_labels.name = \"beep-postgres\" AND metric.labels.device_name = \"sdb\" AND metric.labels.state = \"used\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_MEAN"
      }

      denominator_aggregations {
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
    content   = "The data disk of beep-postgres fills up; a full disk stops all writes.\n\n1. Raise disk_size_gb in the environment file and apply; it takes effect without a restart.\n2. Look for a replication slot that nobody reads: SELECT * FROM pg_replication_slots.\n3. Find the table that grew: pg_total_relation_size.\n\nRunbook: docs/runbook.md#a-machine-is-down-or-short-of-cpu-or-disk"
    mime_type = "text/markdown"
    subject   = "The data disk of beep-postgres is more than 85% full"
  }
}

# dev-monitoring/monitoring/beep-postgres-down
resource "google_monitoring_alert_policy" "monitoring_beep_postgres_down" {
  combiner     = "OR"
  display_name = "The machine beep-postgres does not run"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The machine beep-postgres does not run"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"compute.googleapis.com/instance/uptime_total\" AND resource.type = \"gce_instance\" AND metadata.system_labels.name = \"beep-postgres\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-postgres has reported no uptime for five minutes. Its data is on a disk of its own and is not touched by that.\n\n1. See what happened: gcloud compute operations list --filter=targetLink:beep-postgres.\n2. Start it: gcloud compute instances start beep-postgres --zone=ZONE.\n3. If it is gone, apply the stack that holds it: the same disk is attached again.\n\nRunbook: docs/runbook.md#a-machine-is-down-or-short-of-cpu-or-disk"
    mime_type = "text/markdown"
    subject   = "The machine beep-postgres does not run"
  }
}

# dev-monitoring/monitoring/beep-postgres-old
resource "google_monitoring_alert_policy" "monitoring_beep_postgres_old" {
  combiner     = "OR"
  display_name = "The machine beep-postgres has run one image for more than 60 days"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The machine beep-postgres has run one image for more than 60 days"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"compute.googleapis.com/instance/uptime_total\" AND resource.type = \"gce_instance\" AND metadata.system_labels.name = \"beep-postgres\""
      threshold_value         = 5184000

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
    content   = "beep-postgres got no patch of its operating system for 60 days. A machine is patched by replacing it with a newer image; its data stays.\n\n1. List newer images: gcloud compute images list --project=cos-cloud --no-standard-images.\n2. Set boot_image of the machine in the environment file, and apply the data stack.\n\nRunbook: docs/runbook.md#a-machine-is-down-or-short-of-cpu-or-disk"
    mime_type = "text/markdown"
    subject   = "The machine beep-postgres has run one image for more than 60 days"
  }
}

# dev-monitoring/monitoring/beep-todox-down
resource "google_monitoring_alert_policy" "monitoring_beep_todox_down" {
  combiner     = "OR"
  display_name = "beep-todox does not answer at todox.dev.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox does not answer at todox.dev.example.com"

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
    content   = "Checkers in more than one region fail to get a good answer from https://todox.dev.example.com.\n\n1. Open https://todox.dev.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-todox.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-todox does not answer at todox.dev.example.com"
  }
}

# dev-monitoring/monitoring/beep-todox-errors
resource "google_monitoring_alert_policy" "monitoring_beep_todox_errors" {
  combiner     = "OR"
  display_name = "beep-todox answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

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

# dev-monitoring/monitoring/beep-todox-instances
resource "google_monitoring_alert_policy" "monitoring_beep_todox_instances" {
  combiner     = "OR"
  display_name = "beep-todox runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\""
      threshold_value         = 1.8

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-todox has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-todox runs nearly as many instances as it may"
  }
}

# dev-monitoring/monitoring/beep-todox-latency
resource "google_monitoring_alert_policy" "monitoring_beep_todox_latency" {
  combiner     = "OR"
  display_name = "beep-todox p95 latency is above 10000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox p95 latency is above 10000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 10000

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
    content   = "One request in twenty to beep-todox takes longer than 10000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-todox p95 latency is above 10000 ms"
  }
}

# dev-monitoring/monitoring/beep-todox-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_todox_uptime" {
  display_name = "beep-todox https://todox.dev.example.com/"
  period       = "900s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "/_next/"
    matcher = "CONTAINS_STRING"
  }

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
      host       = "todox.dev.example.com"
      project_id = "beep-dev-example"
    }
    type = "uptime_url"
  }
}

# dev-monitoring/monitoring/beep-web-down
resource "google_monitoring_alert_policy" "monitoring_beep_web_down" {
  combiner     = "OR"
  display_name = "beep-web does not answer at app.dev.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web does not answer at app.dev.example.com"

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
    content   = "Checkers in more than one region fail to get a good answer from https://app.dev.example.com.\n\n1. Open https://app.dev.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-web.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-web does not answer at app.dev.example.com"
  }
}

# dev-monitoring/monitoring/beep-web-errors
resource "google_monitoring_alert_policy" "monitoring_beep_web_errors" {
  combiner     = "OR"
  display_name = "beep-web answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

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

# dev-monitoring/monitoring/beep-web-instances
resource "google_monitoring_alert_policy" "monitoring_beep_web_instances" {
  combiner     = "OR"
  display_name = "beep-web runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\""
      threshold_value         = 1.8

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-web has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-web runs nearly as many instances as it may"
  }
}

# dev-monitoring/monitoring/beep-web-latency
resource "google_monitoring_alert_policy" "monitoring_beep_web_latency" {
  combiner     = "OR"
  display_name = "beep-web p95 latency is above 10000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web p95 latency is above 10000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 10000

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
    content   = "One request in twenty to beep-web takes longer than 10000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-web p95 latency is above 10000 ms"
  }
}

# dev-monitoring/monitoring/beep-web-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_web_uptime" {
  display_name = "beep-web https://app.dev.example.com/"
  period       = "900s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "/_next/"
    matcher = "CONTAINS_STRING"
  }

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
      host       = "app.dev.example.com"
      project_id = "beep-dev-example"
    }
    type = "uptime_url"
  }
}

# dev-monitoring/monitoring/certificates
resource "google_monitoring_alert_policy" "monitoring_certificates" {
  combiner     = "OR"
  display_name = "A certificate expires in less than 14 days"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "A certificate expires in less than 14 days"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires\" AND resource.type = \"uptime_url\""
      threshold_value         = 14

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_MIN"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Google renews its certificates about a month before they expire; this one was not renewed. When it expires, browsers and the other services refuse the host.\n\n1. Read the host from the incident, and the dates: openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -dates.\n2. See that the DNS records of the host, and those that prove the domain, still stand.\n3. Look for a CAA record that does not let Google's authority (pki.goog) issue.\n\nRunbook: docs/runbook.md#a-certificate-expires"
    mime_type = "text/markdown"
    subject   = "A certificate expires in less than 14 days"
  }
}

# dev-monitoring/monitoring/custom-roles-changed
resource "google_monitoring_alert_policy" "monitoring_custom_roles_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a custom role by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a custom role by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]iam[.]admin[.]v1[.][A-Za-z]+Role$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-dev@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a custom role in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a custom role by hand"
  }
}

# dev-monitoring/monitoring/email-dev-alerts-example-com
resource "google_monitoring_notification_channel" "monitoring_email_dev_alerts_example_com" {
  display_name = "E-mail dev-alerts@example.com"
  labels = {
    email_address = "dev-alerts@example.com"
  }
  type = "email"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }
}

# dev-monitoring/monitoring/error-logs
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

# dev-monitoring/monitoring/firewall-changed
resource "google_monitoring_alert_policy" "monitoring_firewall_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a firewall rule by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a firewall rule by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"compute[.]firewalls[.](insert|patch|update|delete)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-dev@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a firewall rule in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a firewall rule by hand"
  }
}

# dev-monitoring/monitoring/log-sinks-changed
resource "google_monitoring_alert_policy" "monitoring_log_sinks_changed" {
  combiner     = "OR"
  display_name = "A log sink, an exclusion or a log bucket was changed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A log sink, an exclusion or a log bucket was changed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]logging[.]v2[.]ConfigServiceV2[.](Create|Update|Delete|Undelete)(Sink|Exclusion|Bucket(Async)?)$\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "Somebody changed where the logs of this project go. Audit logs and errors may no longer be kept, so that what is done next leaves no trace.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Expected only when a person applies the bootstrap stack. Not so: treat the account as stolen, and disable it.\n3. Plan the bootstrap stack; apply it where it differs, and look at what was done since.\n\nRunbook: docs/runbook.md#audit-logging-was-changed"
    mime_type = "text/markdown"
    subject   = "A log sink, an exclusion or a log bucket was changed"
  }
}

# dev-monitoring/monitoring/networks-changed
resource "google_monitoring_alert_policy" "monitoring_networks_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a network or its peerings by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a network or its peerings by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"compute[.]networks[.](insert|patch|delete|addPeering|updatePeering|removePeering)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-dev@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a network or its peerings in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a network or its peerings by hand"
  }
}

# dev-monitoring/monitoring/no-instance-available
resource "google_monitoring_alert_policy" "monitoring_no_instance_available" {
  combiner     = "OR"
  display_name = "A request found no available instance"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A request found no available instance"

    condition_matched_log {
      filter = "resource.type = \"cloud_run_revision\" AND log_id(\"run.googleapis.com/requests\") AND textPayload : \"no available instance\""
    }
  }

  documentation {
    content   = "A service is full: Cloud Run refuses further requests, with 429 where the number of instances is reached. People are turned away, though neither errors nor latency rise.\n\n1. Read the service from the log entry: resource.labels.service_name.\n2. The API: each open page holds WebSockets; compare them with services.api.open_pages.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "A request found no available instance"
  }
}

# dev-monitoring/monitoring/redis-down
resource "google_monitoring_alert_policy" "monitoring_redis_down" {
  combiner     = "OR"
  display_name = "Redis does not run"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis does not run"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/server/uptime\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
      threshold_value         = 1

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
    content   = "Redis has reported nothing for five minutes: sessions cannot be read.\n\n1. Read its state: gcloud redis instances describe. REPAIRING and FAILING_OVER pass.\n2. MAINTENANCE of a BASIC instance takes minutes, and loses what it held.\n3. READY, and still nothing: look for an incident at status.cloud.google.com.\n\nRunbook: docs/runbook.md#redis-is-down-or-refuses-connections"
    mime_type = "text/markdown"
    subject   = "Redis does not run"
  }
}

# dev-monitoring/monitoring/redis-evictions
resource "google_monitoring_alert_policy" "monitoring_redis_evictions" {
  combiner     = "OR"
  display_name = "Redis gives up keys before they expire"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis gives up keys before they expire"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/evicted_keys\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
      threshold_value         = 0

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
    content   = "The memory is full, and keys are lost that the applications still count on: people are signed out.\n\n1. See whether keys without an expiry grow: INFO keyspace, keys against expires.\n2. Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.\n\nRunbook: docs/runbook.md#redis-memory-is-full"
    mime_type = "text/markdown"
    subject   = "Redis gives up keys before they expire"
  }
}

# dev-monitoring/monitoring/redis-memory
resource "google_monitoring_alert_policy" "monitoring_redis_memory" {
  combiner     = "OR"
  display_name = "Redis memory is more than 85% full"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis memory is more than 85% full"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/memory/usage_ratio\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
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

# dev-monitoring/monitoring/redis-rejects
resource "google_monitoring_alert_policy" "monitoring_redis_rejects" {
  combiner     = "OR"
  display_name = "Redis refuses connections"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis refuses connections"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/reject_connections_count\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-dev-example/locations/us-central1/instances/beep-dev\""
      threshold_value         = 0

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
    content   = "New connections are refused, because there are as many as Redis takes. Instances that start now cannot reach it.\n\n1. See who is connected, and since when: CLIENT LIST.\n2. Look for a release that opens a connection for each request; roll it back.\n\nRunbook: docs/runbook.md#redis-is-down-or-refuses-connections"
    mime_type = "text/markdown"
    subject   = "Redis refuses connections"
  }
}

# dev-monitoring/monitoring/routes-changed
resource "google_monitoring_alert_policy" "monitoring_routes_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a route by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a route by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"compute[.]routes[.](insert|delete)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-dev@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a route in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a route by hand"
  }
}

# dev-monitoring/monitoring/secret-destroyed
resource "google_monitoring_alert_policy" "monitoring_secret_destroyed" {
  combiner     = "OR"
  display_name = "A secret or one of its versions was destroyed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  conditions {
    display_name = "A secret or one of its versions was destroyed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.](DestroySecretVersion|DeleteSecret)$\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "A workload that pins this version fails at its next start: at the next release, or when it scales out.\n\n1. Read who and which from the log entry: protoPayload.resourceName, authenticationInfo.principalEmail.\n2. Is the number pinned? See [secret_versions] of the environment file; no line means 1.\n3. Pinned: gcloud secrets versions enable N --secret=SECRET, within seven days.\n\nRunbook: docs/runbook.md#a-secret-was-destroyed-or-disabled"
    mime_type = "text/markdown"
    subject   = "A secret or one of its versions was destroyed"
  }
}

# dev-monitoring/monitoring/secret-disabled
resource "google_monitoring_alert_policy" "monitoring_secret_disabled" {
  combiner     = "OR"
  display_name = "A version of a secret was disabled"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_dev_alerts_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A version of a secret was disabled"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.](DisableSecretVersion)$\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "Expected as the last step of a rotation. If the version is still pinned, workloads that read it cannot start.\n\n1. Read who and which from the log entry: protoPayload.resourceName, authenticationInfo.principalEmail.\n2. Compare the number with [secret_versions] of the environment file; no line means 1.\n3. Still pinned: gcloud secrets versions enable N --secret=SECRET.\n\nRunbook: docs/runbook.md#a-secret-was-destroyed-or-disabled"
    mime_type = "text/markdown"
    subject   = "A version of a secret was disabled"
  }
}
