namespace OrleansSgd.Data.Sources;

/// <summary>How stored pixels become coordinates: (pixel − centre) / spread.</summary>
/// <param name="Centre">In the units of the pixels.</param>
/// <param name="Spread">In the units of the pixels; not 0.</param>
internal readonly record struct PixelScale(float Centre, float Spread);
