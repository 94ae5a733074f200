namespace OrleansSgd.Telemetry.Ledger;

/// <summary>Which optional fields a row of a trace has. Written to files: values are only ever added.</summary>
[Flags]
internal enum RowFlags : uint
{
    Noise = 1,
    Secant = 2,
    Dropped = 4,
    Held = 8,
    HeldCarried = 16,
    Partial = 32,
    Local = 64,
    Projections = 128,
    Substitutes = 256,
    ViewErrors = 512,
    Rebuilt = 1024,
}
