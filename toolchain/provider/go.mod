module lakehouse-monitors/toolchain/provider

go 1.26.0

require (
	github.com/databricks/terraform-provider-databricks v1.126.0
	github.com/databricks/terraform-provider-databricks/shim v0.0.0
	github.com/pulumi/pulumi-terraform-bridge/v3 v3.136.0
)

replace github.com/databricks/terraform-provider-databricks/shim => ./shim

replace github.com/hashicorp/terraform-plugin-sdk/v2 => github.com/pulumi/terraform-plugin-sdk/v2 v2.0.0-20260318212141-5525259d096b
