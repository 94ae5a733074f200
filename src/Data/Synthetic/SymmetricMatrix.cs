namespace OrleansSgd.Data.Synthetic;

/// <summary>What least squares needs of a symmetric matrix [d, d], row-major, in double.</summary>
internal static class SymmetricMatrix
{
    /// <summary>Factors a = l·lᵀ in place: the lower triangle becomes l, the upper is left alone. O(d³/3).</summary>
    /// <returns>False when the matrix is not positive definite; its contents are then undefined.</returns>
    public static bool TryCholesky(double[] a, int d)
    {
        for (int j = 0; j < d; j++)
        {
            ReadOnlySpan<double> rowJ = a.AsSpan(j * d, j);
            double pivot = a[j * d + j] - FixedOrder.Dot(rowJ, rowJ);
            if (!(pivot > 0))
            {
                return false;
            }

            double root = Math.Sqrt(pivot);
            a[j * d + j] = root;
            for (int i = j + 1; i < d; i++)
            {
                a[i * d + j] = (a[i * d + j] - FixedOrder.Dot(a.AsSpan(i * d, j), rowJ)) / root;
            }
        }

        return true;
    }

    /// <summary>Solves l·y = b in place, l lower triangular.</summary>
    public static void SolveLower(double[] l, int d, Span<double> b)
    {
        for (int i = 0; i < d; i++)
        {
            b[i] = (b[i] - FixedOrder.Dot(l.AsSpan(i * d, i), b[..i])) / l[i * d + i];
        }
    }

    /// <summary>Solves lᵀ·x = b in place, l lower triangular.</summary>
    public static void SolveLowerTransposed(double[] l, int d, Span<double> b)
    {
        for (int i = d - 1; i >= 0; i--)
        {
            double x = b[i] /= l[i * d + i];
            for (int j = 0; j < i; j++)
            {
                b[j] -= x * l[i * d + j];
            }
        }
    }

    /// <summary>Smallest and largest eigenvalue: Householder to tridiagonal form (4/3 d³), then bisection on counts.</summary>
    /// <param name="a">[d, d], symmetric; overwritten.</param>
    /// <param name="d">At least 1.</param>
    public static (double Min, double Max) ExtremeEigenvalues(double[] a, int d)
    {
        double[] diagonal = new double[d];
        double[] offDiagonal = new double[d];
        Tridiagonalise(a, d, diagonal, offDiagonal);
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        for (int i = 0; i < d; i++)
        {
            double radius = Math.Abs(offDiagonal[i]) + (i + 1 < d ? Math.Abs(offDiagonal[i + 1]) : 0);
            low = Math.Min(low, diagonal[i] - radius);
            high = Math.Max(high, diagonal[i] + radius);
        }

        return (Bisect(diagonal, offDiagonal, low, high, 1), Bisect(diagonal, offDiagonal, low, high, d));
    }

    // The eigenvalue with `rank` − 1 others below it.
    private static double Bisect(double[] diagonal, double[] offDiagonal, double low, double high, int rank)
    {
        while (true)
        {
            double middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
            {
                return middle;
            }

            if (CountBelow(diagonal, offDiagonal, middle) >= rank)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
    }

    // Sylvester: eigenvalues below x are the negative pivots of T − x·I.
    private static int CountBelow(double[] diagonal, double[] offDiagonal, double x)
    {
        int count = 0;
        double pivot = 1;
        for (int i = 0; i < diagonal.Length; i++)
        {
            pivot = diagonal[i] - x - offDiagonal[i] * offDiagonal[i] / pivot;
            if (pivot == 0)
            {
                pivot = -double.Epsilon * 1e16;
            }

            count += pivot < 0 ? 1 : 0;
        }

        return count;
    }

    // Reflections from the last row upwards; row i of `a` above holds the reflector. offDiagonal[0] is 0.
    private static void Tridiagonalise(double[] a, int d, double[] diagonal, double[] offDiagonal)
    {
        double[] product = new double[d];
        for (int i = d - 1; i > 0; i--)
        {
            Span<double> v = a.AsSpan(i * d, i);
            double norm = Math.Sqrt(FixedOrder.Dot(v, v));
            diagonal[i] = a[i * d + i];
            if (norm == 0)
            {
                offDiagonal[i] = 0;
                continue;
            }

            double last = v[i - 1];
            double image = last > 0 ? -norm : norm;
            offDiagonal[i] = image;
            v[i - 1] = last - image;
            Reflect(a, d, i, v, product.AsSpan(0, i));
        }

        diagonal[0] = a[0];
        offDiagonal[0] = 0;
    }

    // a ← (I − 2vvᵀ/vᵀv) a (I − 2vvᵀ/vᵀv) on the leading [size, size] block, both triangles.
    private static void Reflect(double[] a, int d, int size, ReadOnlySpan<double> v, Span<double> product)
    {
        double scale = 2 / FixedOrder.Dot(v, v);
        for (int i = 0; i < size; i++)
        {
            product[i] = scale * FixedOrder.Dot(a.AsSpan(i * d, size), v);
        }

        double half = scale / 2 * FixedOrder.Dot(product, v);
        for (int i = 0; i < size; i++)
        {
            product[i] -= half * v[i];
        }

        for (int i = 0; i < size; i++)
        {
            Span<double> row = a.AsSpan(i * d, size);
            FixedOrder.AddScaled(row, -product[i], v);
            FixedOrder.AddScaled(row, -v[i], product);
        }
    }
}
