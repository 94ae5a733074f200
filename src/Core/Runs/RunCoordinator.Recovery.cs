using OrleansSgd.Core.Membership;

namespace OrleansSgd.Core.Runs;

/// <content>Whether the run is over its losses and moves, so that the next one finds everything in two places again.</content>
public sealed partial class RunCoordinator
{
    // The first ticket that was given with everybody up; −1 while somebody is missing, or it is open what became of an update.
    private long _wholeFrom;

    /// <summary>
    /// True when any one silo could be lost now and no update with it: everybody is up, and what was given out before that is safe. What was given since
    /// is with a worker and with its keeper. Never on one silo; where nothing is kept, true once everybody is up.
    /// </summary>
    public bool IsRecovered => _wholeFrom >= 0
        && (!HasKeepers || (HasAllKeepers && (_safe >= _wholeFrom || SafeByViews() >= _wholeFrom)));

    private bool IsSettled => _doubtful.Count == 0 && _settling.Count == 0 && _unfenced.Count == 0 && !IsClaimInDoubt;

    // Who has finished gets no other keeper.
    private bool HasAllKeepers
    {
        get
        {
            for (int worker = 0; worker < WorkersWanted; worker++)
            {
                bool isKept = _keepers[worker].Keeper.State == MemberState.Live
                    || (_workers[worker].State == MemberState.Finished && _keepers[worker].Unsafe.LastOrDefault(-1) < _safe);
                if (!isKept)
                {
                    return false;
                }
            }

            return true;
        }
    }

    // What only one silo has after a loss or a move is in a snapshot soon.
    private void NoteWhole()
    {
        bool isWhole = IsWhole && IsSettled && !Array.Exists(_keepers, seat => seat.Keeper.State == MemberState.Starting);
        if (isWhole && _wholeFrom < 0)
        {
            _wholeFrom = _nextTicket;
            if (_safe < _nextTicket)
            {
                RequestCut();
            }
        }
        else if (!isWhole)
        {
            _wholeFrom = -1;
        }
    }
}
