using System.Globalization;
using System.Security.Cryptography;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>What a silo and its clients know and nobody else: 32 bytes in a file that only the user can read, one for each gateway port.</summary>
/// <remarks>
/// Made anew whenever a silo begins to listen. Who can read the file may call the silo; who may not read it cannot. It lies in the folder that
/// the environment variable <see cref="FolderVariable"/> names, by default among the user's application data.
/// </remarks>
internal static class GatewaySecret
{
    public const string FolderVariable = "ORLEANS_INPROCESS_SECRETS";

    private const int Size = 32;
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Where the secret of a port lies.</summary>
    public static string PathOf(int port) => Path.Combine(Folder(), string.Create(CultureInfo.InvariantCulture, $"gateway-{port}"));

    /// <summary>Makes the secret of a port on which this process listens.</summary>
    /// <exception cref="OrleansConfigurationException">It cannot be kept.</exception>
    public static byte[] Create(int port)
    {
        var secret = RandomNumberGenerator.GetBytes(Size);
        var path = PathOf(port);
        var fresh = $"{path}.{Environment.ProcessId}";
        try
        {
            MakeFolder(Folder());
            File.Delete(fresh);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnFile;
            }

            using (var file = new FileStream(fresh, options))
            {
                file.Write(secret);
            }

            File.Move(fresh, path, overwrite: true);
            return secret;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OrleansConfigurationException(
                $"The secret of gateway {port} cannot be written to {path}: {error.Message} Name a folder of your own in {FolderVariable}.", error);
        }
    }

    /// <summary>Reads the secret of a port on which another process listens.</summary>
    /// <exception cref="SiloUnavailableException">There is none, or it is not this user's alone.</exception>
    public static byte[] Read(int port)
    {
        var path = PathOf(port);
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                throw new SiloUnavailableException($"{path} can be read by others, so it is no secret; remove it and start the silo again.");
            }

            var secret = File.ReadAllBytes(path);
            return secret.Length == Size ? secret : throw new SiloUnavailableException($"{path} is no secret of a gateway; start the silo again.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SiloUnavailableException(
                $"The secret of gateway {port} cannot be read from {path}: {error.Message} Call as the user who started the silo.", error);
        }
    }

    /// <summary>Removes the secret, if it is still this one.</summary>
    public static void Remove(int port, ReadOnlySpan<byte> secret)
    {
        try
        {
            if (File.ReadAllBytes(PathOf(port)).AsSpan().SequenceEqual(secret))
            {
                File.Delete(PathOf(port));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Of a gateway that has gone it opens nothing.
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnFolder);
        }
    }

    private static string Folder()
    {
        var chosen = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(chosen))
        {
            return chosen;
        }

        var own = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return own.Length > 0 ? Path.Combine(own, "orleans-inprocess") : throw new OrleansConfigurationException(
            $"The user has no home folder for the secrets of gateways; name a folder in {FolderVariable}.");
    }
}
