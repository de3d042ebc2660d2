// Everything Scalar would ask of others is off: fonts, telemetry, its request proxy, its hosted client, agent and editor.
if (globalThis.Scalar) {
  globalThis.Scalar.createApiReference('#reference', {
    url: '/openapi.json',
    withDefaultFonts: false,
    telemetry: false,
    proxyUrl: '',
    hideClientButton: true,
    showDeveloperTools: 'never',
    agent: { disabled: true },
    mcp: { disabled: true },
    externalUrls: { dashboardUrl: '/', registryUrl: '/', proxyUrl: '/', apiBaseUrl: '/' },
    documentDownloadType: 'direct',
    persistAuth: false,
    defaultHttpClient: { targetKey: 'js', clientKey: 'fetch' },
    customCss: ':root { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace }',
  })
} else {
  document
    .querySelector('#reference')
    .append('The interactive reference is not built here: run node scripts/docs.ts, then load this page again.')
}
