using System.Net;
using System.Net.Http.Headers;
using OrleansSgd.Dashboard.Http;
using OrleansSgd.Dashboard.Security;

namespace OrleansSgd.Dashboard.Tests.Http;

/// <summary>Goal: nobody sees or does what is not allowed. Method: every route with every role, and what other sites could make a browser send.</summary>
public sealed class SecurityTests
{
    private static readonly string[] Routes =
        ["/", "/jobs/tiny-1", "/jobs/tiny-1/trace", "/cluster", "/api/about", "/api/grid/events", "/api/jobs/tiny-1/events", "/api/jobs/tiny-1/trace"];

    private readonly ScriptedGrid.Script _script = new();

    private DashboardOptions WithTokens => ScriptedGrid.Options(_script) with
    {
        RoleOf = token => token switch
        {
            "reads-and-nothing-else" => DashboardRole.Read,
            "operates-everything-here" => DashboardRole.Operate,
            _ => DashboardRole.None,
        },
    };

    [Fact]
    public async Task Every_answer_forbids_inline_scripts_and_other_sites()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        foreach (string route in (string[])[.. Routes, "/sign-in", "/assets/style.css", "/assets/nothing.js"])
        {
            using HttpResponseMessage answer = await client.GetAsync(server[route], HttpCompletionOption.ResponseHeadersRead);
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

            Assert.StartsWith("default-src 'none'; script-src 'self'; ", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task With_tokens_nothing_is_shown_without_one_and_the_page_leads_to_signing_in()
    {
        await using PageServer server = await PageServer.StartAsync(WithTokens);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        foreach (string route in Routes)
        {
            using HttpResponseMessage answer = await client.GetAsync(server[route]);
            bool isPage = !route.StartsWith("/api", StringComparison.Ordinal);

            Assert.Equal(isPage ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal(isPage ? "/sign-in" : null, answer.Headers.Location?.ToString());
        }
    }

    [Theory]
    [InlineData("reads-and-nothing-else", HttpStatusCode.Forbidden)]
    [InlineData("operates-everything-here", HttpStatusCode.OK)]
    [InlineData("operates-everything-herf", HttpStatusCode.Unauthorized)]
    public async Task Only_who_may_operate_gives_orders(string token, HttpStatusCode expected)
    {
        await using PageServer server = await PageServer.StartAsync(WithTokens);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        client.DefaultRequestHeaders.Add(PageGuard.OrderHeader, "1");

        using HttpResponseMessage answer = await client.PostAsync(server["/api/jobs/tiny-1/cancel"], null);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? ["Cancel tiny-1"] : [], _script.Orders);
    }

    [Fact]
    public async Task An_order_that_another_site_makes_a_browser_send_is_refused()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();

        using HttpResponseMessage form = await client.PostAsync(server["/api/jobs/tiny-1/cancel"], null);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, server["/api/jobs/tiny-1/cancel"]);
        foreign.Headers.Add(PageGuard.OrderHeader, "1");
        foreign.Headers.Add("Origin", "https://elsewhere.example");
        using HttpResponseMessage script = await client.SendAsync(foreign);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (form.StatusCode, script.StatusCode));
        Assert.Empty(_script.Orders);
    }

    [Theory]
    [InlineData("elsewhere.example")]
    [InlineData("localhost.elsewhere.example")]
    [InlineData("127.0.0.1.elsewhere.example")]
    [InlineData("192.0.2.7")]
    public async Task Without_tokens_a_name_that_is_not_this_machines_is_refused(string host)
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        using var question = new HttpRequestMessage(HttpMethod.Get, server["/api/about"]);
        question.Headers.Host = host;

        using HttpResponseMessage answer = await client.SendAsync(question);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Signing_in_sets_a_cookie_that_no_script_and_no_other_site_gets_and_that_opens_the_pages()
    {
        await using PageServer server = await PageServer.StartAsync(WithTokens);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

        using HttpResponseMessage answer = await client.PostAsync(server["/sign-in"], Form("reads-and-nothing-else"));
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        using var question = new HttpRequestMessage(HttpMethod.Get, server["/api/about"]);
        question.Headers.Add("Cookie", cookie.Split(';')[0]);
        using HttpResponseMessage about = await client.SendAsync(question);

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"role\":\"read\"", await about.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_cannot_be_tried_out_and_those_who_have_one_are_not_locked_out()
    {
        await using PageServer server = await PageServer.StartAsync(WithTokens);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        for (int i = 0; i < FailureWindow.CountMax; i++)
        {
            using HttpResponseMessage wrong = await client.PostAsync(server["/sign-in"], Form($"guess-number-{i:D10}"));
            Assert.Equal("/sign-in?wrong", wrong.Headers.Location?.ToString());
        }

        using HttpResponseMessage shut = await client.PostAsync(server["/sign-in"], Form("reads-and-nothing-else"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "reads-and-nothing-else");
        using HttpResponseMessage known = await client.GetAsync(server["/api/about"]);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (shut.StatusCode, known.StatusCode));
    }

    private static FormUrlEncodedContent Form(string token) => new([new("token", token)]);
}
