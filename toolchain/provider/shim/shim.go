// Package shim opens the two halves of the Databricks Terraform provider to the bridge.
//
// Both constructors live in internal packages; Go decides who may import those by import path, so this module
// takes a path below the provider's own.
package shim

import (
	"github.com/databricks/terraform-provider-databricks/internal/providers/pluginfw"
	"github.com/databricks/terraform-provider-databricks/internal/providers/sdkv2"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// PluginFramework returns the half written with the plugin framework (quality monitors among others).
func PluginFramework() provider.Provider {
	return pluginfw.GetDatabricksProviderPluginFramework()
}

// SDKv2 returns the half written with the older SDK (schemas, jobs, grants …).
func SDKv2() *schema.Provider {
	return sdkv2.DatabricksProvider()
}
