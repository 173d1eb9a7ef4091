import Foundation

/// How slow this machine is beside the one that the rates of a cost estimate were measured on.
public enum MachinePace {
    /// Processor seconds of ``work()`` on the machine of `Docs/performance.md`.
    private static let reference = 0.0158

    /// How many times as long this machine takes: 2 where it is half as fast. Takes about a thirtieth of a second.
    ///
    /// A short piece of work like that of an analysis (exponentials, roots and divisions, reads scattered over more memory than the inner
    /// caches hold) is done three times, and the least processor time counts: other work on the machine does not.
    public static func measured() -> Double {
        var least = Double.infinity
        var sum: Float = 0
        for _ in 0..<3 {
            let start = processorSeconds
            sum += work()
            least = min(least, processorSeconds - start)
        }
        // The sum is looked at, so that the work is not optimised away.
        guard sum.isFinite, least > 0, least.isFinite else { return 1 }
        return least / reference
    }

    /// Of this thread.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }

    private static func work() -> Float {
        let count = 1 << 20
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for i in 0..<count { buffer[i] = Float(i & 1023) * 0.001 }
            initialized = count
        }
        return values.withUnsafeBufferPointer { values in
            var sum: Float = 0
            var place = 1
            for _ in 0..<2_000_000 {
                // A linear congruence: places that no prefetching foresees.
                place = (place &* 1_664_525 &+ 1_013_904_223) & (count &- 1)
                let value = Double(values[place])
                sum += Float(exp(-value) / (1 + value).squareRoot())
            }
            return sum
        }
    }
}
