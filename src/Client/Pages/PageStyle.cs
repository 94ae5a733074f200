namespace OrleansSgd.Client.Pages;

/// <summary>How a run's page looks: on a bright screen, a dark one, a narrow one and on paper. Nothing is fetched.</summary>
internal static class PageStyle
{
    /// <summary>The style sheet; it has no character that XML would take for markup.</summary>
    public const string Sheet = """
        :root{color-scheme:light dark;--ink:#1f2933;--faint:#5c6873;--rule:#d5dbe1;--paper:#fff;--card:#f6f8fa;--good:#0f766e;--bad:#b91c1c;--doubt:#92400e}
        @media (prefers-color-scheme:dark){:root{--ink:#e5e9ee;--faint:#a3afbb;--rule:#3a4450;--paper:#14181d;--card:#1c2229;
        --good:#5eead4;--bad:#fca5a5;--doubt:#fcd34d}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        h1{font-size:1.6rem;margin:0 0 .5rem;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--rule);padding-bottom:.2rem}
        .lead{font-size:1.1rem;margin:.3rem 0}
        .completed{color:var(--good)}.failed,.violated{color:var(--bad)}.cancelled,.unfinished,.void{color:var(--doubt)}
        .badge{display:inline-block;border:1px solid;border-radius:.4rem;padding:0 .5rem;font-weight:600;font-size:.9rem}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem}
        figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:.5rem;padding:.6rem;break-inside:avoid}
        figure svg{width:100%;height:auto;display:block}
        figcaption{color:var(--faint);font-size:.85rem}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--rule);vertical-align:top;overflow-wrap:anywhere}
        th{color:var(--faint);font-weight:600}
        td.number,th.number{text-align:right;overflow-wrap:normal}
        pre{background:var(--card);border:1px solid var(--rule);border-radius:.5rem;padding:.7rem;overflow-x:auto;
        font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
        .faint{color:var(--faint)}
        @media print{:root{color-scheme:light;--ink:#000;--faint:#444;--rule:#bbb;--paper:#fff;--card:#fff;--good:#000;--bad:#000;--doubt:#000}
        body{max-width:none;padding:0;font-size:10pt}.plots{grid-template-columns:1fr 1fr}tr,figure,pre{break-inside:avoid}h2{break-after:avoid}
        svg .ink{fill:#000!important}svg .rule{stroke:#000!important}}
        """;
}
