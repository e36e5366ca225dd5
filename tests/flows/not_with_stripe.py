"""Which flows cannot be run with Stripe's stand-in, and why: `make flows PSP=stripe` leaves them out.

Each reason holds for Stripe too, or is one of the sandbox PSP's own behaviours. docs/connectors/stripe.md has them
in words.
"""

from __future__ import annotations

CAPTURES_ONCE = "Stripe captures once and releases the rest"
TOKEN = "none of Stripe's test cards behaves like this token of the sandbox"
HOLDS_NOTHING = "Stripe pays vendors out of what was captured at once: of a part nothing is held, or captured by itself"
ENDS_SO = "a bank takes captured money back by a dispute alone, and a capture does not fail later"
IN_NO_BOOKS = "test money earns nothing: it is in no statement, export or payout, and the stand-in knows no other"
PAYS_VENDORS = "Stripe pays out to vendors alone, so a card that it has stored is paid nothing"
REFUSES_VENDORS = "Stripe refuses a vendor's account when its share is transferred, not before"
SANDBOX = "speaks to the sandbox PSP itself: its page, its signature, its connector in this process"
ASKS_TO_STORE = "Stripe asks the shopper when the card is stored, and its number ends otherwise"
STAYS = "a card that is declined on Stripe's page stays there, and the shopper tries another"
IN_PROCESS = "begins payments in the test's own process, with a clock in the past and the sandbox's connector"

NOT_SHOWN = {
    CAPTURES_ONCE: (
        "test_capture_in_several_steps",
        "test_capture_a_part_and_cancel_the_rest",
        "test_refund_of_what_was_captured_while_the_rest_is_held",
        "test_captures_of_parts_take_no_more_than_is_held",
        "test_capture_against_cancel",
        "test_the_same_key_twice_at_once_does_it_once",
        "test_cancelling_an_order_releases_and_gives_back",
        "test_what_was_captured_before_stays_captured",
        "test_the_rest_of_a_hold_runs_out_at_the_psp",
    ),
    TOKEN: (
        "test_what_the_bank_decides",
        "test_an_operation_the_psp_refuses_leaves_the_status_as_it_was",
        "test_capture_auto_that_is_only_authorized_can_be_captured_later",
        "test_an_error_of_the_psp_is_unknown_until_it_was_asked",
        "test_a_lost_answer_is_found_out_by_asking",
        "test_what_the_psp_still_works_on_becomes_known_by_itself",
        "test_a_confirmed_payment_that_fails_later_opens_the_order_again",
        "test_cancelling_waits_for_an_open_outcome_and_ends_by_itself",
        "test_an_unwinding_that_the_psp_refuses_needs_an_operator",
        "test_what_cannot_be_given_back_fails_the_orders_execution_and_is_tried_again_by_word",
        "test_a_split_that_cannot_be_undone_fails_its_execution_and_is_tried_again_by_word",
    ),
    HOLDS_NOTHING: (
        "test_a_technical_payment_is_divided_and_each_part_operated_on",
        "test_a_technical_payment_is_cancelled_only_as_far_as_no_vendor_was_given_of_it",
        "test_vendors_of_what_was_captured_at_once",
        "test_captures_cancels_and_refunds_of_vendors_at_once_keep_the_sums",
        "test_cancelling_the_order_gives_every_vendor_payment_back",
        "test_cancelling_an_order_of_a_few_vendors",
    ),
    ENDS_SO: (
        "test_a_bank_takes_a_part_back",
        "test_a_capture_fails_later_and_is_tried_again",
        "test_what_the_bank_takes_back_of_a_technical_payment_is_taken_back_of_its_vendors",
    ),
    IN_NO_BOOKS: (
        "test_a_vendors_statement_says_what_was_taken_and_given_back",
        "test_a_vendors_ledger_follows",
        "test_what_moved_today_is_told_once",
        "test_a_dispute_is_in_the_books",
        "test_a_vendors_sale_tells_its_commission",
    ),
    PAYS_VENDORS: ("test_a_saved_instrument_is_paid_out",),
    REFUSES_VENDORS: (
        "test_the_refusing_vendor_is_always_refused",
        "test_a_refusing_vendor_fails_and_leaves_the_room_to_others",
        "test_what_fails_is_left_out_and_its_amount_goes_back",
        "test_one_that_fails_cancels_all",
        "test_a_split_over_many_vendors_ends_as_asked",
    ),
    SANDBOX: (
        "test_what_the_shopper_chose_is_known_when_the_shopper_is_back[Cancel",
        "test_notification_against_return",
    ),
    STAYS: (
        "test_a_declined_payment_leads_back_to_the_menu_and_its_id_does_not",
        "test_a_new_link_ends_the_old_one_at_once",
    ),
    ASKS_TO_STORE: (
        "test_a_card_saved_alone_pays_recurs_and_is_deleted",
        "test_a_card_is_saved_with_a_payment_by_whatever_comes_first",
    ),
    IN_PROCESS: (
        "test_withdraw_against_the_shopper_who_approves",
        "test_a_new_start_against_a_new_start_over_the_page",
        "test_a_change_that_was_never_forwarded_is_announced_by_the_sweep",
        "test_an_authorization_ends_after_seven_days",
        "test_a_hold_that_the_psp_let_run_out_unheard_has_expired",
        "test_an_authorization_younger_than_six_days_is_left_alone",
        "test_the_merchant_is_told_a_day_before_an_authorization_ends",
        "test_an_unknown_outcome_is_asked_for_when_its_check_is_due",
        "test_many_at_once_are_seen_to_through_a_queue",
        "test_a_payment_nobody_comes_back_from_expires",
        "test_money_found_when_a_payment_is_closed_counts",
        "test_money_found_when_an_order_is_closed_keeps_it_alive",
        "test_the_lapse_of_a_raise_undoes_only_the_raise",
    ),
}

OTHER_FILES = {
    "about the API, whatever is paid with": (
        "merchants/test_account.py",
        "merchants/test_callers.py",
        "merchants/test_connectors.py",
        "merchants/test_own_server.py",
        "shared/test_bad_input.py",
        "shared/test_examples.py",
        "shared/test_formats.py",
        "shared/test_idempotency.py",
        "shared/test_sdk_shops.py",
        "shared/test_zz_logs.py",
    ),
    SANDBOX: ("psp/test_psp_notifications.py",),
    "about transfers and other promises, which no PSP takes": ("psp/test_offline.py",),
}
"""Files of flows that start payments and are left out as a whole."""


def why_not(test: str) -> str | None:
    """The reason, of a test or of one of its cases; None if it can be run."""
    return next((why for why, tests in NOT_SHOWN.items() if any(map(test.startswith, tests))), None)
