using System.Net;
using System.Net.Sockets;

namespace OrleansSgd.Testing;

/// <summary>TCP ports of this machine that nobody listens on at the moment.</summary>
public static class FreePorts
{
    /// <summary>One port.</summary>
    public static int One() => Of(1)[0];

    /// <summary>So many, each another: they are held until all are known, or the system might give one twice.</summary>
    public static int[] Of(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Stop());
        return ports;
    }
}
