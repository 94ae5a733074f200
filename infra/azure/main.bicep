// A grid on Azure Container Apps: silos that find each other in a storage table and keep checkpoints in a blob container, secrets in a key vault that only
// the silos' own identity may read. Nothing is reachable from outside the environment.
//
//   az deployment group create --resource-group GROUP --template-file infra/azure/main.bicep \
//     --parameters registry=myregistry image=orleans-sgd:0.1.0 tokens=@secrets/tokens certificate=@secrets/grid.pem

@description('Begins every name. 3 to 12 lower-case letters and digits.')
@minLength(3)
@maxLength(12)
param prefix string = 'grid'

@description('Where everything is.')
param location string = resourceGroup().location

@description('Name of the container registry, in this resource group, that has the image.')
param registry string

@description('The image, with its tag.')
param image string = 'orleans-sgd:0.1.0'

@description('Silos. Container Apps gives no way to follow the grid\'s own wish; change it with another deployment.')
@minValue(1)
@maxValue(30)
param silos int = 3

@description('Seconds that a silo may take to hand over.')
@minValue(0)
@maxValue(540)
param drainSeconds int = 60

@description('The tokens file: lines with a role and a token.')
@secure()
param tokens string

@description('Certificate and key of the HTTP endpoint, PEM.')
@secure()
param certificate string

@description('Where spans and metrics go over OTLP; empty for nowhere.')
param collector string = ''

var unique = uniqueString(resourceGroup().id, prefix)
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource containerRegistry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registry
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-silo'
  location: location
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: take('${prefix}${unique}', 24)
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    // A checkpoint that was deleted by mistake can be had back for a week.
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource checkpoints 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'checkpoints'
  properties: {
    publicAccess: 'None'
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: take('${prefix}-${unique}', 24)
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
  }
}

resource connectionSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'storage-connection'
  properties: {
    value: 'DefaultEndpointsProtocol=https;AccountName=${storage.name};AccountKey=${storage.listKeys().keys[0].value};EndpointSuffix=${environment().suffixes.storage}'
  }
}

resource tokensSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'tokens'
  properties: {
    value: tokens
  }
}

resource certificateSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'certificate'
  properties: {
    value: certificate
  }
}

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identity.id, keyVaultSecretsUser)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource pullsImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: containerRegistry
  name: guid(containerRegistry.id, identity.id, acrPull)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${prefix}-logs'
  location: location
  properties: {
    retentionInDays: 30
    sku: {
      name: 'PerGB2018'
    }
  }
}

resource grid 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${prefix}-environment'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

resource silo 'Microsoft.App/containerApps@2024-03-01' = {
  name: '${prefix}-silo'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  dependsOn: [
    readsSecrets
    pullsImages
    checkpoints
  ]
  properties: {
    managedEnvironmentId: grid.id
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [
        {
          server: containerRegistry.properties.loginServer
          identity: identity.id
        }
      ]
      secrets: [
        {
          name: 'storage-connection'
          keyVaultUrl: connectionSecret.properties.secretUri
          identity: identity.id
        }
        {
          name: 'tokens'
          keyVaultUrl: tokensSecret.properties.secretUri
          identity: identity.id
        }
        {
          name: 'certificate'
          keyVaultUrl: certificateSecret.properties.secretUri
          identity: identity.id
        }
      ]
    }
    template: {
      // Preparing to go and handing over fit in.
      terminationGracePeriodSeconds: drainSeconds + 30
      containers: [
        {
          name: 'silo'
          image: '${containerRegistry.properties.loginServer}/${image}'
          args: [
            'silo'
          ]
          resources: {
            cpu: json('2.0')
            memory: '4Gi'
          }
          env: [
            {
              name: 'GRID_CLUSTER'
              value: prefix
            }
            {
              name: 'GRID_CLUSTERING'
              value: 'azure-table'
            }
            {
              name: 'GRID_CLUSTERING_CONNECTION'
              secretRef: 'storage-connection'
            }
            {
              name: 'GRID_STORE'
              value: 'blob:${checkpoints.name}'
            }
            {
              name: 'GRID_STORE_CONNECTION'
              secretRef: 'storage-connection'
            }
            {
              name: 'GRID_CHECKPOINT'
              value: '10'
            }
            {
              name: 'GRID_ADDRESS'
              value: 'auto'
            }
            {
              name: 'GRID_SILO_PORT'
              value: '11111'
            }
            {
              name: 'GRID_GATEWAY_PORT'
              value: '30000'
            }
            {
              name: 'GRID_HTTP'
              value: '0.0.0.0:8265'
            }
            {
              name: 'GRID_CERTIFICATE'
              value: '/run/grid/certificate'
            }
            {
              name: 'GRID_TOKENS_FILE'
              value: '/run/grid/tokens'
            }
            {
              name: 'GRID_DRAIN_SECONDS'
              value: string(drainSeconds)
            }
            {
              name: 'OTEL_EXPORTER_OTLP_ENDPOINT'
              value: collector
            }
          ]
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/health/live'
                port: 8265
                scheme: 'HTTPS'
              }
              periodSeconds: 2
              failureThreshold: 30
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/health/live'
                port: 8265
                scheme: 'HTTPS'
              }
              periodSeconds: 10
              failureThreshold: 6
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/health/ready'
                port: 8265
                scheme: 'HTTPS'
              }
              periodSeconds: 5
              failureThreshold: 2
            }
          ]
          volumeMounts: [
            {
              volumeName: 'secrets'
              mountPath: '/run/grid'
            }
            {
              volumeName: 'data'
              mountPath: '/var/lib/grid/data'
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'secrets'
          storageType: 'Secret'
          secrets: [
            {
              secretRef: 'tokens'
              path: 'tokens'
            }
            {
              secretRef: 'certificate'
              path: 'certificate'
            }
          ]
        }
        {
          name: 'data'
          storageType: 'EmptyDir'
        }
      ]
      scale: {
        minReplicas: silos
        maxReplicas: silos
      }
    }
  }
}

@description('The storage account with checkpoints and membership.')
output storageAccount string = storage.name

@description('The identity that silos run as.')
output identityClientId string = identity.properties.clientId
