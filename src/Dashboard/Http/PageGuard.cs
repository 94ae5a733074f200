using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansSgd.Dashboard.Security;

namespace OrleansSgd.Dashboard.Http;

/// <summary>What stands before every page: who asks, whether they may, and what a browser may do with the answer.</summary>
/// <remarks>
/// <para>Without tokens everybody who reaches the port may do everything, so the port must be reached by this machine alone: another page in the user's
/// browser must not reach it either. A request whose Host is no name of this machine is refused (a name that an attacker points at 127.0.0.1), and
/// so is an order that does not come from our own pages.</para>
/// <para>With tokens, a request shows one in <c>Authorization: Bearer</c> or in the cookie that signing in has set.</para>
/// </remarks>
internal sealed class PageGuard(DashboardOptions options)
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "grid_token";

    /// <summary>A header that only a script of our own pages can set: other sites would have to ask first, and are not allowed.</summary>
    public const string OrderHeader = "X-Grid-Order";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
        "frame-ancestors 'none'";

    private readonly FailureWindow _failures = new(options.Time);

    /// <summary>Sets what every answer says to the browser.</summary>
    public static void Describe(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    /// <summary>What who asks may do.</summary>
    public DashboardRole RoleOf(HttpContext context)
    {
        if (options.RoleOf is not { } roleOf)
        {
            return IsOfThisMachine(context.Request.Host.Host) ? DashboardRole.Operate : DashboardRole.None;
        }

        string? header = context.Request.Headers.Authorization;
        return header is not null && header.StartsWith("Bearer ", StringComparison.Ordinal)
            ? roleOf(header["Bearer ".Length..].Trim())
            : roleOf(context.Request.Cookies[Cookie]);
    }

    /// <summary>Answers why not, when who asks may not do it.</summary>
    /// <returns>True when they may.</returns>
    public async Task<bool> AdmitAsync(HttpContext context, DashboardRole needed)
    {
        Describe(context);
        DashboardRole role = RoleOf(context);
        if (role >= needed)
        {
            return true;
        }

        (int status, string text) = (role, options.RoleOf) switch
        {
            (DashboardRole.None, null) => (StatusCodes.Status421MisdirectedRequest, "Ask by a name of this machine: localhost or 127.0.0.1."),
            (DashboardRole.None, _) => (StatusCodes.Status401Unauthorized, "Sign in, or send a token: Authorization: Bearer TOKEN."),
            _ => (StatusCodes.Status403Forbidden, $"Your token may {Name(role)}; this needs one that may {Name(needed)}."),
        };
        await SayAsync(context, status, text);
        return false;
    }

    /// <summary>True for an order that a script of our own pages, or no browser at all, has sent.</summary>
    public static bool IsOwn(HttpContext context) =>
        context.Request.Headers.ContainsKey(OrderHeader)
        && (context.Request.Headers.Origin.Count == 0 || context.Request.Headers.Origin == $"{context.Request.Scheme}://{context.Request.Host}");

    /// <summary>Takes a token from the sign-in form and gives the browser its cookie.</summary>
    public async Task SignInAsync(HttpContext context)
    {
        Describe(context);
        if (options.RoleOf is not { } roleOf)
        {
            context.Response.Redirect("/");
            return;
        }

        if (_failures.IsShut)
        {
            context.Response.Headers.RetryAfter = ((int)FailureWindow.Length.TotalSeconds).ToString((IFormatProvider?)null);
            await SayAsync(context, StatusCodes.Status429TooManyRequests, "Too many tokens were wrong; wait a minute.");
            return;
        }

        string? token = context.Request.HasFormContentType ? (string?)(await context.Request.ReadFormAsync(context.RequestAborted))["token"] : null;
        if (roleOf(token?.Trim()) == DashboardRole.None)
        {
            _failures.Failed();
            context.Response.Redirect("/sign-in?wrong");
            return;
        }

        context.Response.Cookies.Append(Cookie, token!.Trim(), new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
        });
        context.Response.Redirect("/");
    }

    /// <summary>Answers in one sentence.</summary>
    public static async Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    /// <summary>The role in one word.</summary>
    public static string Name(DashboardRole role) => role.ToString().ToLowerInvariant();

    private static bool IsOfThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
