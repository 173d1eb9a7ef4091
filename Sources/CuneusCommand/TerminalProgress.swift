import Cuneus
import Dispatch
import Foundation
import Synchronization

/// Shows how far the work is, on standard error: a bar that rewrites itself on a terminal; elsewhere a line per stage, and one every ten
/// seconds, so that a log shows that the work goes on.
final class TerminalProgress: ProgressObserver {
    private struct State {
        var model: ProgressLine.Model?
        /// Names of the model's stages, where they are known.
        var stages: [String] = []
        /// How many of these have begun.
        var begun = 0
        var line = ProgressLine(stage: "")
        var isRunning = false
        var units = 1
        var done = 0
        var began = ContinuousClock.now
        var lastWritten = ContinuousClock.now

        /// nil before much is done.
        var left: Double? {
            let elapsed = began.duration(to: .now) / .seconds(1)
            guard done > 0, elapsed > 0.5 else { return nil }
            return elapsed * Double(max(units - done, 0)) / Double(done)
        }

        var share: Double { Double(done) / Double(units) }
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let isQuiet: Bool
    /// A queue of its own has a thread of its own, which is there while all cores compute. Set up once, then left alone.
    nonisolated(unsafe) private let timer: any DispatchSourceTimer

    /// Between two lines of a log, and two drawings of a bar.
    private static let heartbeat = Duration.seconds(10)
    private static let redrawing = Duration.milliseconds(100)

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "cuneus.progress"))
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { [weak self] in self?.beat() }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// What the coming stages belong to.
    /// - Parameters:
    ///   - model: which of several; nil for what belongs to none, and for a single one.
    ///   - stages: names of the stages to come, as far as they are known.
    func model(_ model: ProgressLine.Model?, stages: [String] = []) {
        state.withLock {
            tellSkipped($0, before: $0.stages.count)
            $0.model = model.map { ProgressLine.Model(ControlCharacters.escaped($0.name), $0.number, of: $0.count) }
            $0.stages = stages
            $0.begun = 0
        }
    }

    func began(_ stage: String, units: Int) {
        state.withLock {
            // A stage that comes once more has no number of its own.
            let number = $0.stages[$0.begun...].firstIndex(of: stage).map { $0 + 1 }
            if let number {
                tellSkipped($0, before: number - 1)
                $0.begun = number
            }
            $0.line = ProgressLine(model: $0.model, stage: stage, number: number, of: $0.stages.count)
            $0.isRunning = true
            $0.units = max(units, 1)
            $0.done = 0
            $0.began = .now
            $0.lastWritten = .now
            draw($0)
        }
    }

    func advanced(by units: Int) {
        state.withLock {
            $0.done += units
            guard isTerminal, ContinuousClock.now - $0.lastWritten > Self.redrawing else { return }
            $0.lastWritten = .now
            draw($0)
        }
    }

    func ended() {
        state.withLock {
            $0.isRunning = false
            guard !isQuiet else { return }
            let line = $0.line.finished(seconds: $0.began.duration(to: .now) / .seconds(1))
            write(isTerminal ? "\r\u{1B}[K\(line)\n" : "\(line)\n")
        }
    }

    /// Stages that do not come (nothing was found that could be judged, another model has made the kernels) are told too: a count with
    /// gaps would look as if something went wrong.
    /// - Parameter number: how many stages have come, or will not.
    private func tellSkipped(_ state: State, before number: Int) {
        guard !isQuiet, state.begun < number else { return }
        for index in state.begun..<number {
            let line = ProgressLine(
                model: state.model, stage: state.stages[index], number: index + 1, of: state.stages.count)
            write(isTerminal ? "\r\u{1B}[K\(line.skipped)\n" : "\(line.skipped)\n")
        }
    }

    private func beat() {
        state.withLock {
            guard $0.isRunning, !isQuiet else { return }
            if isTerminal {
                draw($0)
            } else if ContinuousClock.now - $0.lastWritten >= Self.heartbeat {
                $0.lastWritten = .now
                write("\($0.line.running(share: $0.share, left: $0.left))\n")
            }
        }
    }

    private func draw(_ state: State) {
        guard isTerminal, !isQuiet else { return }
        write("\r\u{1B}[K\(state.line.bar(share: state.share, left: state.left))")
    }

    private func write(_ text: String) { StandardError.write(text) }
}
